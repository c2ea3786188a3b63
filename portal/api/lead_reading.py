"""The leads of all sources, to be read as AVIV's are."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import orjson
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Schema

from accounts.models import Agency, PartnerKey, Scope
from estates.leads.models import Lead
from portal.api.conditional import answered
from portal.api.errors import Error, Refusal
from portal.api.keys import needs
from portal.api.lead_shape import COLUMNS, LeadOut, shown
from portal.api.leads import router

WEEK = 7 * 86_400
LAST_SECOND = 32_503_680_000
"""The year 3000: more than any lead needs, and a date that every database can hold."""
MOST = 100
ERRORS = {401: Error, 403: Error, 422: Error, 429: Error}


class LeadQuery(Schema):
    """AVIV's parameters."""

    minDate: int = Field(
        ge=0,
        le=LAST_SECOND,
        description="Unix seconds, when the portal took a lead in",
        examples=[1795858200],
    )
    maxDate: int = Field(
        ge=0, le=LAST_SECOND, description="Unix seconds, at most seven days later", examples=[1796463000]
    )
    limit: int = Field(MOST, ge=1, le=MOST, description="Leads on a page")
    start: str | None = Field(
        None,
        pattern=r"^[0-9]{1,18}$",
        description="The leads behind this leadId; see links.next",
        examples=["4711"],
    )

    model_config = {"extra": "forbid"}


class Links(Schema):
    """Addresses below this host; `next` is null on the last page."""

    self: str = Field(examples=["/api/v1/leads?minDate=1795858200&maxDate=1796463000&limit=100"])
    next: str | None = Field(
        examples=["/api/v1/leads?minDate=1795858200&maxDate=1796463000&limit=100&start=4711"]
    )


class LeadList(Schema):
    metadata: dict[str, int] = Field(examples=[{"count": 2, "limit": 100}])
    links: Links
    items: list[LeadOut]


@router.get("", auth=needs(Scope.LEADS_READ), response={200: LeadList, 206: LeadList, 304: None} | ERRORS)
def leads(request: HttpRequest, given: Query[LeadQuery]) -> HttpResponse:
    """List the leads that the portal took in within a week at most, in that order, from all sources.

    206 while there are more: go on with `links.next`, which neither repeats nor skips a lead. 200 is the last page,
    also where there are none.
    """
    key: PartnerKey = request.partner_key  # type: ignore[attr-defined]
    if not 0 <= given.maxDate - given.minDate <= WEEK:
        raise Refusal(422, "maxDate: from minDate to seven days later")
    rows = list(_rows(key.agency, given)[: given.limit + 1])
    more, rows = len(rows) > given.limit, rows[: given.limit]
    items = [shown(row) for row in rows]
    links = {"self": _link(request, given, given.start), "next": None}
    if more:
        links["next"] = _link(request, given, items[-1]["metadata"]["leadId"])
    body = {"metadata": {"count": len(items), "limit": given.limit}, "links": links, "items": items}
    return answered(request, orjson.dumps(body), status=206 if more else 200)


@router.get(
    "/{int:lead_id}", auth=needs(Scope.LEADS_READ), response={200: LeadOut, 304: None, 404: Error} | ERRORS
)
def lead(request: HttpRequest, lead_id: int) -> HttpResponse:
    """Read a lead. Of one whose person was erased what says who it was is null."""
    key: PartnerKey = request.partner_key  # type: ignore[attr-defined]
    return answered(request, orjson.dumps(lead_of(key.agency, lead_id)))


def lead_of(agency: Agency, pk: int) -> dict[str, Any]:
    """The agency's lead in AVIV's shape. Raises Refusal 404."""
    row = Lead.objects.for_agency(agency).filter(pk=pk).values(*COLUMNS).first()
    if row is None:
        raise Refusal(404, "Not found")
    return shown(row)


def _rows(agency: Agency, given: LeadQuery) -> Any:
    """By key, which is the order of arrival, and which no later lead precedes."""
    first, last = (datetime.fromtimestamp(second, UTC) for second in (given.minDate, given.maxDate + 1))
    rows = Lead.objects.for_agency(agency).filter(received_at__gte=first, received_at__lt=last)
    if given.start:
        rows = rows.filter(pk__gt=int(given.start))
    # Plainly by key, PostgreSQL would walk through all keys from the first on in search of the week.
    return rows.order_by(F("pk") + 0).values(*COLUMNS)


def _link(request: HttpRequest, given: LeadQuery, start: str | None) -> str:
    asked = {"minDate": given.minDate, "maxDate": given.maxDate, "limit": given.limit}
    return f"{request.path}?{urlencode(asked | ({'start': start} if start else {}))}"
