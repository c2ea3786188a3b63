"""How an estate stands at Seeki, by its number there."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Field, Schema

from accounts.models import PartnerKey, Scope
from estates.syndication.forecast.words import is_refusing, mend_words, reason_words
from estates.syndication.models import Listing
from estates.syndication.standings import standing_of
from portal.api.conditional import answered
from portal.api.errors import Error, Refusal
from portal.api.keys import needs
from portal.api.routing import StrictRouter

router = StrictRouter(tags=["Syndication"])
ERRORS = {401: Error, 403: Error, 404: Error, 422: Error, 429: Error}


class Reason(Schema):
    """Something that the forecast found, in words, and where it can be mended."""

    code: str = Field(examples=["price_missing"])
    words: str = Field(examples=["There is no price."])
    mend: str = Field(examples=["Give the estate a price at Ts-Immo."])
    refuses: bool = Field(description="Seeki would refuse the listing for it")


class Forecast(Schema):
    verdict: Literal["ready", "better", "will_be_refused", ""] = Field(
        description="What Seeki is expected to say; empty until it was looked at"
    )
    reasons: list[Reason]
    judged_at: datetime | None


class Said(Schema):
    """What Seeki said of the latest sending; empty where it had nothing to say."""

    code: str = Field(examples=["GEOCODE_ADDRESS_NOT_FOUND"])
    words: str = Field(examples=["The address could not be found."])
    listing_id: str = Field(examples=["SK-20481"])


class ListingOut(Schema):
    """A listing within one of the agency's accounts at Seeki."""

    connection: int = Field(examples=[7])
    account: str = Field(examples=["Seeki · Lyon"])
    standing: Literal["refused", "held", "coming", "live", "lapsing", "lapsed", "out"]
    live_since: datetime | None
    live_until: datetime | None = Field(description="60 days after the last import that Seeki confirmed")
    sent_at: datetime | None
    due_at: datetime | None = Field(description="When it is sent next")
    forecast: Forecast
    seeki: Said


class Syndicated(Schema):
    external_id: str = Field(
        description="An estate's id at Ts-Immo, or the number in a feed file",
        examples=["550e8400-e29b-41d4-a716-446655440000"],
    )
    listings: list[ListingOut]


@router.get("/{external_id}", auth=needs(Scope.ESTATES_READ), response={200: Syndicated, 304: None} | ERRORS)
def syndication(request: HttpRequest, external_id: str) -> HttpResponse:
    """How a listing stands at Seeki. For each account: what the forecast says of it, and what Seeki said."""
    key: PartnerKey = request.partner_key  # type: ignore[attr-defined]
    rows = Listing.objects.for_agency(key.agency).filter(external_id=external_id)
    found = list(rows.select_related("plan__connection").order_by("pk"))
    if not found:
        raise Refusal(404, "Not found")
    body = {"external_id": external_id, "listings": [_shown(listing) for listing in found]}
    return answered(request, orjson.dumps(body))


def _shown(listing: Listing) -> dict[str, Any]:
    reasons = [
        {
            "code": str(reason["code"] if isinstance(reason, dict) else reason[0]),
            "words": str(reason_words(reason)),
            "mend": str(mend_words(reason)),
            "refuses": is_refusing(reason),
        }
        for reason in listing.reasons
        if reason
    ]
    return {
        "connection": listing.plan.connection_id,
        "account": str(listing.plan.connection),
        "standing": standing_of(listing, timezone.now()).value,
        "live_since": listing.live_since,
        "live_until": listing.live_until,
        "sent_at": listing.sent_at,
        "due_at": listing.due_at,
        "forecast": {"verdict": listing.verdict, "reasons": reasons, "judged_at": listing.judged_at},
        "seeki": {"code": listing.code, "words": listing.words, "listing_id": listing.listing_id},
    }
