"""Estates, as Ts-Immo gives them: its filters, its envelope, its payloads as they came."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Schema

from accounts.models import PartnerKey, Scope
from estates.catalogue import publish
from estates.catalogue.models import Estate, EstatePayload
from estates.catalogue.public_urls import parse_public_url
from estates.connections.models import System
from portal.api.conditional import answered, asks_for_change, holds, tag_of, unchanged
from portal.api.errors import Error, Refusal
from portal.api.estates_first import first, is_first
from portal.api.estates_list import listed, meeting, rows_of, text_of
from portal.api.estates_query import EstateQuery
from portal.api.keys import ensure_it_works, needs
from portal.api.once import digest_of, once
from portal.api.routing import StrictRouter

router = StrictRouter(tags=["Estates"])
ERRORS = {401: Error, 403: Error, 422: Error, 429: Error}
WRITING = ERRORS | {400: Error, 404: Error, 409: Error, 413: Error}


ESTATE = {
    "id": "550e8400-e29b-41d4-a716-446655440000",
    "reference": "REF-001",
    "type": "apartment",
    "sub_type": "penthouse",
    "offer_type": "sale",
    "status": "available",
    "bedrooms": 3,
    "bathrooms": 2,
    "location": {"city": "Paris", "postal_code": "75008", "country": "FR"},
    "financial": {"transaction": {"price": {"amount": 450000, "currency": "EUR"}}},
    "amenities": ["parking", "terrace", "elevator"],
    "created_at": "2025-01-15T10:30:00Z",
}
"""From Ts-Immo's document, shortened."""
Payload = Annotated[
    dict[str, Any], Field(description="The estate as Ts-Immo gives it, to the letter", examples=[ESTATE])
]


class Gone(Schema):
    """An estate that is no longer listed, or no longer meets the filters."""

    id: str = Field(examples=["6ba7b810-9dad-41d1-80b4-00c04fd430c8"])
    gone_at: datetime


class EstatePage(Schema):
    """Ts-Immo's envelope. `gone` and `as_of` come along where `updated_since` was asked for."""

    data: list[Payload] = Field(description="The estates as Ts-Immo gives them")
    total: int = Field(description="Counted within the last half minute", examples=[142])
    page: int
    limit: int = Field(examples=[50])
    next_cursor: str | None = Field(
        description="For the next page; null on the last one", examples=["WyIyMDI2LTExLTI4IiwgNDJd"]
    )
    gone: list[Gone] | None = None
    as_of: datetime | None = Field(None, description="`updated_since` for the next time")


class UrlIn(Schema):
    url: str = Field(max_length=500, examples=["https://www.your-agency.com/property/apartment-t3-paris"])

    model_config = {"extra": "forbid"}


class Asked(Schema):
    """Ts-Immo's answer is not awaited: the job says what became of it (GET /jobs/{id})."""

    id: str = Field(description="The estate's, as Ts-Immo gives it", examples=[ESTATE["id"]])
    job: int = Field(examples=[815])


@router.get(
    "", auth=needs(Scope.ESTATES_READ, asked_later=True), response={200: EstatePage, 304: None} | ERRORS
)
def estates(request: HttpRequest, given: Query[EstateQuery]) -> HttpResponse:
    """Search estates with Ts-Immo's filters, paging and order.

    Go on with `next_cursor`: it neither repeats nor skips an estate, whatever comes in meanwhile. To keep a copy
    up to date, ask with `updated_since` and take away what is in `gone`.
    """
    key: PartnerKey = request.partner_key  # type: ignore[attr-defined]
    conditional = asks_for_change(request)
    if is_first(given):
        page, rows = first(request, key, given, bodies=not conditional)
    else:
        ensure_it_works(request)
        page = listed(key.agency, given)
        rows = rows_of(key.agency, page.keys, bodies=not conditional)
    meant = meeting(key.agency, given, page.keys)
    away = [[row.pk, row.gone_at] for row in rows if row.pk not in meant]
    digests = b"".join(row.digest for row in rows)
    tag = tag_of([row.pk for row in rows], digests, away, page.total, page.after)
    if conditional:
        if holds(request, tag):
            return unchanged(tag)
        rows = rows_of(key.agency, page.keys, bodies=True)
    return answered(request, text_of(rows, meant, page, given), tag=tag)


@router.get(
    "/{estate_id}",
    auth=needs(Scope.ESTATES_READ),
    response={200: Payload, 304: None, 404: Error} | ERRORS,
)
def estate(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Read an estate as Ts-Immo gives it, by Ts-Immo's id. One that is no longer listed is not found."""
    key: PartnerKey = request.partner_key  # type: ignore[attr-defined]
    found = _estate(key, estate_id)
    body = EstatePayload.objects.filter(estate=found).values_list("body", flat=True).first()
    return answered(request, (body or '{"id":"' + found.remote_id + '"}').encode())


@router.put("/{estate_id}/url", auth=needs(Scope.ESTATES_WRITE), response={202: Asked} | WRITING)
def estate_url(request: HttpRequest, estate_id: str, given: UrlIn) -> HttpResponse:
    """Assign the address of an estate's page on the agency's site. It goes to Ts-Immo."""
    key: PartnerKey = request.partner_key  # type: ignore[attr-defined]
    found = connected(key, estate_id)
    try:
        url = parse_public_url(given.url)
    except ValidationError as complaint:
        raise Refusal(422, f"url: {complaint.messages[0]}") from None

    def effect() -> tuple[int, Any]:
        try:
            job = publish.ask_public_url(found, url, None)
        except publish.OtherUnderWay:
            raise Refusal(409, "Another address is on its way to Ts-Immo.", {"Retry-After": "30"}) from None
        return 202, {"id": found.remote_id, "job": job.pk}

    return once(request, key, digest_of(request), effect)


@router.post("/{estate_id}/replay", auth=needs(Scope.ESTATES_WRITE), response={202: Asked} | WRITING)
def estate_replay(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Have Ts-Immo send an estate to the agency's sites once more."""
    key: PartnerKey = request.partner_key  # type: ignore[attr-defined]
    found = connected(key, estate_id)

    def effect() -> tuple[int, Any]:
        job = publish.ask_replay(found, None)
        return 202, {"id": found.remote_id, "job": job.pk}

    return once(request, key, digest_of(request), effect)


def _estate(key: PartnerKey, remote_id: str) -> Estate:
    """The agency's estate that is still listed; where two accounts list it, the newer row."""
    rows = Estate.objects.for_agency(key.agency).filter(remote_id=remote_id, gone_at=None)
    found = rows.select_related("connection", "agency").defer("search_text").order_by("-pk").first()
    if found is None:
        raise Refusal(404, "Not found")
    return found


def connected(key: PartnerKey, remote_id: str) -> Estate:
    """The same, of an account at Ts-Immo whose key is here. Raises Refusal 404 and 409."""
    found = _estate(key, remote_id)
    account = found.connection
    if account.system != System.TS_IMMO or account.removed_at is not None:
        raise Refusal(409, "The estate's account at Ts-Immo is not connected any more.")
    return found
