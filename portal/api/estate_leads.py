"""A buyer's lead for an estate, sent to Ts-Immo with the agency's own access."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Schema
from pydantic import AfterValidator, model_validator
from pydantic_core import PydanticCustomError

from accounts.audit import record
from accounts.models import PartnerKey, Scope
from estates.leads.contacts import mail_key, read_phone
from estates.leads.forwarding import partner
from estates.leads.forwarding.buyer import MESSAGE_LIMIT, NAME_LIMIT, PHONES
from estates.remotes.ts_immo_requests import Buyer, Phone
from portal.api.errors import Refusal
from portal.api.estates import ESTATE, WRITING, connected, router
from portal.api.keys import needs
from portal.api.once import digest_of, once

STREAM = r"^[A-Za-z0-9._:~-]{1,64}$"
MOST_PREFERENCES = 20
Name = Annotated[str, Field(min_length=1, max_length=NAME_LIMIT)]
Text = Annotated[str, Field(min_length=1, max_length=MESSAGE_LIMIT)]
Number = Annotated[int | float, Field(ge=0, le=999_999_999_999, allow_inf_nan=False)]


def _known(address: str) -> str:
    if not mail_key(address):
        raise PydanticCustomError("mail", "This is no mail address")
    return address.strip()


Mail = Annotated[str, Field(min_length=1, max_length=254), AfterValidator(_known)]


class Strict(Schema):
    model_config = {"extra": "forbid"}


class BuyerPhone(Strict):
    number: str = Field(min_length=1, max_length=40, examples=["+33612345678"])
    type: Literal["mobile", "landline"] | None = Field(
        None, description="Without one it is read off the number"
    )


class BuyerLocation(Strict):
    """Where the buyer lives."""

    city: Name | None = Field(None, examples=["Lyon"])
    postal_code: str | None = Field(None, min_length=1, max_length=20, examples=["69001"])
    country: str | None = Field(None, pattern="^[A-Z]{2}$", description="ISO code", examples=["FR"])


class Amount(Strict):
    amount: Number = Field(examples=[200000])


class Budget(Strict):
    currency: str = Field("EUR", pattern="^[A-Z]{3}$")
    min_price: Amount | None = None
    max_price: Amount | None = None

    @model_validator(mode="after")
    def in_order(self) -> Budget:
        if self.min_price and self.max_price and self.min_price.amount > self.max_price.amount:
            raise PydanticCustomError("budget", "max_price is less than min_price")
        return self


class Preference(Strict):
    """What the buyer looks for."""

    offerType: str | None = Field(None, min_length=1, max_length=40, examples=["sale"])
    budget: Budget | None = None


class BuyerIn(Strict):
    """Ts-Immo's TsImmoBuyer. Give at least a name, a mail address or a phone number."""

    streamId: str = Field(
        pattern=STREAM,
        description="Yours: make it once for each lead, best a UUID, and send it with every further try",
        examples=["7f1f6f0e-5b5e-4b62-9a38-0f6f5a3f1c11"],
    )
    civility: Literal["MR", "MS"] | None = Field(None, examples=["MR"])
    firstname: Name | None = Field(None, examples=["Jean"])
    lastname: Name | None = Field(None, examples=["Dupont"])
    type: Literal["PERSON", "COMPANY"] | None = Field(None, examples=["PERSON"])
    companyName: Name | None = Field(
        None, description="With type COMPANY only, such as SCI Dupont", examples=[None]
    )
    mail: Mail | None = Field(None, examples=["jean.dupont@example.com"])
    secondaryMail: Mail | None = Field(None, examples=["bureau@example.com"])
    phones: list[BuyerPhone] = Field([], max_length=PHONES)
    message: Text | None = Field(None, examples=["I am interested in this property."])
    internalNote: Text | None = Field(
        None, description="For the agency's people; the buyer never reads it", examples=["Call after 6 pm"]
    )
    lang: Literal["fr", "en"] | None = Field(None, examples=["fr"])
    location: BuyerLocation | None = None
    preferences: list[Preference] = Field([], max_length=MOST_PREFERENCES)

    @model_validator(mode="after")
    def somebody(self) -> BuyerIn:
        if not (self.lastname or self.companyName or self.mail or self.phones):
            raise PydanticCustomError("buyer", "Give at least a name, a mail address or a phone number")
        if (self.type == "COMPANY") != bool(self.companyName):
            raise PydanticCustomError("company", "companyName goes with type COMPANY, and only with that")
        return self


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
    found, buyer = connected(key, estate_id), _buyer(given)

    def effect() -> tuple[int, Any]:
        try:
            job = partner.send_buyer(found, buyer)
        except partner.OtherBuyer:
            raise Refusal(422, "streamId: it was used for another buyer or another estate") from None
        except partner.NotNow:
            raise Refusal(409, "The lead is just being answered by Ts-Immo.", {"Retry-After": "5"}) from None
        record(key.agency, None, "partner.buyer_sent", str(found), key=str(key))
        return 202, {"streamId": buyer.streamId, "id": found.remote_id, "job": job.pk if job else None}

    return once(request, key, digest_of(request), effect)


def _buyer(given: BuyerIn) -> Buyer:
    """The body of ts-immo.txt, PUT /v1/estates/{id}/lead."""
    said = given.model_dump(exclude_none=True)
    phones = tuple(Phone(phone.number, phone.type or _kind(phone.number)) for phone in given.phones)
    said |= {"phones": phones, "preferences": tuple(filter(None, said["preferences"]))}
    return Buyer(**said | {"location": said.get("location") or None})


def _kind(number: str) -> str:
    return "mobile" if read_phone(number).is_mobile else "landline"
