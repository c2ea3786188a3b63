"""The agency's WordPress sites: which there are, and how they stand at Ts-Immo."""

from __future__ import annotations

from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Schema

from accounts.models import PartnerKey, Scope
from estates.wordpress.domains import LONGEST, normalised
from estates.wordpress.listing import sites_of
from estates.wordpress.models import Site
from portal.api.conditional import answered
from portal.api.errors import Error, Refusal
from portal.api.keys import needs
from portal.api.routing import StrictRouter
from portal.api.site_shape import SiteOut, StateName, shown

router = StrictRouter(tags=["Sites"])
MOST = 100
ERRORS = {401: Error, 403: Error, 422: Error, 429: Error}


class SiteQuery(Schema):
    """All filters are optional, and can be combined."""

    domain: str | None = Field(
        None, max_length=LONGEST, description="In ASCII or its own script", examples=["www.your-agency.com"]
    )
    state: StateName | None = Field(None, description="Only sites in this state", examples=["refused"])
    limit: int = Field(50, ge=1, le=MOST, description="Sites on a page")
    cursor: str | None = Field(
        None,
        pattern=r"^[0-9]{1,18}$",
        description="`next_cursor` of the page before, with the same other parameters",
        examples=["12"],
    )

    model_config = {"extra": "forbid"}


class SitePage(Schema):
    """Sites in the order in which they were added."""

    data: list[SiteOut]
    total: int = Field(examples=[3])
    limit: int = Field(examples=[50])
    next_cursor: str | None = Field(description="For the next page; null on the last one", examples=["12"])


@router.get("", auth=needs(Scope.SITES_READ), response={200: SitePage, 304: None} | ERRORS)
def sites(request: HttpRequest, given: Query[SiteQuery]) -> HttpResponse:
    """List the sites: their state, Ts-Immo's last answer about each, and what visitors meet.

    Go on with `next_cursor`: it neither repeats nor skips a site, whatever is added meanwhile.
    """
    key: PartnerKey = request.partner_key  # type: ignore[attr-defined]
    rows = _meant(key, given)
    behind = rows.filter(pk__gt=int(given.cursor)) if given.cursor else rows
    found = list(behind.order_by("pk")[: given.limit + 1])
    page = found[: given.limit]
    body = {
        "data": shown(key.agency, page),
        "total": rows.count(),
        "limit": given.limit,
        "next_cursor": str(page[-1].pk) if len(found) > given.limit else None,
    }
    return answered(request, orjson.dumps(body))


@router.get(
    "/{int:site_id}", auth=needs(Scope.SITES_READ), response={200: SiteOut, 304: None, 404: Error} | ERRORS
)
def site(request: HttpRequest, site_id: int) -> HttpResponse:
    """A site."""
    key: PartnerKey = request.partner_key  # type: ignore[attr-defined]
    (body,) = shown(key.agency, [site_of(key, site_id)])
    return answered(request, orjson.dumps(body))


def site_of(key: PartnerKey, pk: int) -> Site:
    """The agency's site. Raises Refusal 404."""
    found = sites_of(key.agency).filter(pk=pk).first()
    if found is None:
        raise Refusal(404, "Not found")
    return found


def domain_of(text: str) -> str:
    """As it is stored. Raises Refusal 422."""
    try:
        return normalised(text)
    except ValidationError as complaint:
        raise Refusal(422, f"domain: {complaint.messages[0]}") from None


def _meant(key: PartnerKey, given: SiteQuery) -> QuerySet[Site]:
    rows = sites_of(key.agency)
    asked: dict[str, Any] = {}
    if given.state:
        asked["state"] = given.state
    if given.domain is not None:
        asked["domain"] = domain_of(given.domain)
    return rows.filter(**asked)
