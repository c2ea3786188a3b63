"""Tickets to Ts-Immo's support: the agency's list, and each with its thread."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Schema
from pydantic import AfterValidator, AwareDatetime

from accounts.models import PartnerKey, Scope
from estates.wordpress.domains import LONGEST
from portal.api.conditional import answered
from portal.api.errors import Error, Refusal
from portal.api.estates_query import in_our_time
from portal.api.keys import needs
from portal.api.routing import StrictRouter
from portal.api.sites import domain_of
from portal.api.ticket_shape import TicketOut, TicketWhole, shown, told, whole

router = StrictRouter(tags=["Support"])
MOST = 100
ERRORS = {401: Error, 403: Error, 422: Error, 429: Error}


class TicketQuery(Schema):
    """All filters are optional, and can be combined."""

    open: bool | None = Field(
        None, description="Only those that can still be written to, or only the others", examples=[True]
    )
    domain: str | None = Field(
        None,
        max_length=LONGEST,
        description="Only those about this site, in ASCII or its own script",
        examples=["www.your-agency.com"],
    )
    updated_since: Annotated[AwareDatetime, AfterValidator(in_our_time)] | None = Field(
        None, description="Only those that have changed since", examples=["2026-11-28T09:30:00Z"]
    )
    limit: int = Field(50, ge=1, le=MOST, description="Tickets on a page")
    cursor: str | None = Field(
        None,
        pattern=r"^[0-9]{1,18}$",
        description="`next_cursor` of the page before, with the same other parameters",
        examples=["64"],
    )

    model_config = {"extra": "forbid"}


class TicketPage(Schema):
    data: list[TicketOut] = Field(description="The ticket that came last is first")
    limit: int = Field(examples=[50])
    next_cursor: str | None = Field(description="For the next page; null on the last one", examples=["64"])


@router.get("/tickets", auth=needs(Scope.SUPPORT_READ), response={200: TicketPage, 304: None} | ERRORS)
def tickets(request: HttpRequest, given: Query[TicketQuery]) -> HttpResponse:
    """List the agency's tickets, also those that were opened elsewhere, without their texts.

    Go on with `next_cursor`: it neither repeats nor skips a ticket, whatever comes in meanwhile.
    """
    key: PartnerKey = request.partner_key  # type: ignore[attr-defined]
    rows = told(key.agency).filter(**_conditions(given)).order_by("-pk")
    found = list(rows[: given.limit + 1])
    here = found[: given.limit]
    after = str(here[-1]["pk"]) if len(found) > given.limit else None
    body = {"data": [shown(row) for row in here], "limit": given.limit, "next_cursor": after}
    return answered(request, orjson.dumps(body))


@router.get(
    "/tickets/{int:ticket_id}",
    auth=needs(Scope.SUPPORT_READ),
    response={200: TicketWhole, 304: None, 404: Error} | ERRORS,
)
def ticket(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """A ticket with its comments and the names of its files: GET /support/attachments/{id}."""
    key: PartnerKey = request.partner_key  # type: ignore[attr-defined]
    found = told(key.agency).filter(pk=ticket_id).first()
    if found is None:
        raise Refusal(404, "Not found")
    return answered(request, orjson.dumps(whole(key.agency, found)))


def _conditions(given: TicketQuery) -> dict[str, Any]:
    wanted = {
        "open": given.open,
        "domain": None if given.domain is None else domain_of(given.domain),
        "changed_at__gte": given.updated_since,
        "pk__lt": int(given.cursor) if given.cursor else None,
    }
    return {name: value for name, value in wanted.items() if value is not None}
