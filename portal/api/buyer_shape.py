"""A buyer as Ts-Immo knows one (ts-immo.txt, PUT /v1/estates/{id}/lead): what a partner may say of them."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import AfterValidator, model_validator
from pydantic_core import PydanticCustomError

from estates.leads.contacts import mail_key, read_phone
from estates.leads.forwarding.buyer import MESSAGE_LIMIT, NAME_LIMIT, PHONES
from estates.remotes.ts_immo_requests import Buyer, Phone

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


def buyer_of(given: BuyerIn) -> Buyer:
    """As it goes out; what says nothing is left out."""
    said = given.model_dump(exclude_none=True)
    phones = tuple(Phone(phone.number, phone.type or _kind(phone.number)) for phone in given.phones)
    said |= {"phones": phones, "preferences": tuple(filter(None, said["preferences"]))}
    return Buyer(**said | {"location": said.get("location") or None})


def _kind(number: str) -> str:
    return "mobile" if read_phone(number).is_mobile else "landline"
