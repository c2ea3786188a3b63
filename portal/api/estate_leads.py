"""A buyer's lead for an estate, sent to Ts-Immo with the agency's own access."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Schema

from accounts.models import PartnerKey, Scope
from estates.leads.forwarding import partner
from portal.api.buyer_shape import BuyerIn, buyer_of
from portal.api.errors import Refusal
from portal.api.estates import ESTATE, WRITING, connected, router
from portal.api.keys import needs
from portal.api.once import digest_of, once


class BuyerAsked(Schema):
    """Ts-Immo's answer is not awaited: the job says what became of it (GET /jobs/{id})."""

    streamId: str = Field(examples=["7f1f6f0e-5b5e-4b62-9a38-0f6f5a3f1c11"])
    id: str = Field(description="The estate's, as Ts-Immo gives it", examples=[ESTATE["id"]])
    job: int | None = Field(
        description="null where the lead arrived so long ago that its job is forgotten", examples=[815]
    )


@router.put("/{estate_id}/lead", auth=needs(Scope.LEADS_WRITE), response={202: BuyerAsked} | WRITING)
def estate_lead(request: HttpRequest, estate_id: str, given: BuyerIn) -> HttpResponse:
    """Send a buyer's lead for an estate to Ts-Immo, which creates the contact.

    The same `streamId` never makes two: the same call again is answered alike, and after a failed job it is tried
    anew. With another body or for another estate it is refused, unless Ts-Immo had refused the first. What you send
    is kept here only until Ts-Immo has answered.
    """
    key: PartnerKey = request.partner_key  # type: ignore[attr-defined]
    found, buyer = connected(key, estate_id), buyer_of(given)

    def effect() -> tuple[int, Any]:
        try:
            job = partner.send_buyer(found, buyer)
        except partner.OtherBuyer:
            raise Refusal(422, "streamId: it was used for another buyer or another estate") from None
        except partner.NotNow:
            raise Refusal(409, "The lead is just being answered by Ts-Immo.", {"Retry-After": "5"}) from None
        return 202, {"streamId": buyer.streamId, "id": found.remote_id, "job": job.pk if job else None}

    return once(request, key, digest_of(request), effect)
