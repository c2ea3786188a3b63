"""A lead of any source in AVIV's shape (aviv-seeker-leads-operations.txt, GET /leads)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from ninja import Field, Schema

COLUMNS = (
    "pk", "source", "remote_id", "received_at", "happened_at", "expires_at", "portal", "category", "intention",
    "state", "first_name", "last_name", "gender", "email", "language", "phones", "message", "erased_at",
    "classified_id", "estate_reference", "estate__remote_id", "programme_id", "programme", "region",
)  # fmt: skip
"""What is read of a lead."""
PERSONAL = {
    "firstName": "first_name",
    "lastName": "last_name",
    "gender": "gender",
    "email": "email",
    "language": "language",
    "message": "message",
}
PROPERTY = {
    "classifiedId": "classified_id",
    "offererEstateId": "estate_reference",
    "estateId": "estate__remote_id",
    "programmeId": "programme_id",
    "programme": "programme",
    "region": "region",
}
StateName = Literal["new", "contacted", "visit", "won", "lost", "spam"]


class Metadata(Schema):
    """AVIV's fields, and who the lead is from. Moments are Unix seconds."""

    leadId: str = Field(description="The portal's own", examples=["4711"])
    ingestionDate: int = Field(description="When the portal took it in", examples=[1795858200])
    portal: str | None = Field(examples=["SLG-FRA"])
    TTL: int | None = Field(description="When the person is to be forgotten", examples=[1890466200])
    leadCategory: str | None = Field(examples=["CLASSIFIED"])
    seekerIntention: str | None = Field(examples=["BUY"])
    source: str = Field(description="aviv, marketing_lab, …", examples=["aviv"])
    sourceLeadId: str = Field(
        description="The lead's id at its source", examples=["f47ac10b-58cc-4372-a567-0e02b2c3d479"]
    )
    sourceDate: int = Field(description="When its source took it in", examples=[1795858140])
    state: StateName = Field(description="What the agency has done about it")


class PhoneOut(Schema):
    type: Literal["MOBILE", "LANDLINE"]
    number: str = Field(examples=["+33511223344"])


class ContactRequest(Schema):
    """All null, and without phone numbers, once the person was erased."""

    firstName: str | None = Field(examples=["Jane"])
    lastName: str | None = Field(examples=["Doe"])
    gender: str | None = Field(examples=["FEMALE"])
    email: str | None = Field(examples=["test@example.com"])
    language: str | None = Field(examples=["FR"])
    phoneNumbers: list[PhoneOut]
    message: str | None = Field(examples=["Is it still free?"])


class Property(Schema):
    """What the lead is about, as far as it says so. `estateId` is Ts-Immo's: GET /estates/{id}."""

    classifiedId: str | None = Field(examples=["251234567891"])
    offererEstateId: str | None = Field(examples=["REF-001"])
    estateId: str | None = Field(examples=["550e8400-e29b-41d4-a716-446655440000"])
    programmeId: str | None = Field(examples=[None])
    programme: str | None = Field(examples=[None])
    region: str | None = Field(examples=[None])


class LeadOut(Schema):
    metadata: Metadata
    contactRequest: ContactRequest
    property: Property | None = Field(description="null where it is about no property")


def shown(lead: Mapping[str, Any]) -> dict[str, Any]:
    """From a lead's `COLUMNS`. Of a person who was erased nothing is told, whatever a column still holds."""
    about = {name: lead[column] or None for name, column in PROPERTY.items()}
    return {
        "metadata": {
            "leadId": str(lead["pk"]),
            "ingestionDate": int(lead["received_at"].timestamp()),
            "portal": lead["portal"] or None,
            "TTL": int(lead["expires_at"].timestamp()) if lead["expires_at"] else None,
            "leadCategory": lead["category"] or None,
            "seekerIntention": lead["intention"] or None,
            "source": lead["source"],
            "sourceLeadId": lead["remote_id"],
            "sourceDate": int(lead["happened_at"].timestamp()),
            "state": lead["state"],
        },
        "contactRequest": _contact(lead),
        "property": about if any(about.values()) else None,
    }


def _contact(lead: Mapping[str, Any]) -> dict[str, Any]:
    if lead["erased_at"]:
        return dict.fromkeys(PERSONAL) | {"phoneNumbers": []}
    numbers = [
        {
            "type": "MOBILE" if phone.get("mobile") else "LANDLINE",
            "number": phone.get("e164") or phone.get("number") or "",
        }
        for phone in lead["phones"]
        if isinstance(phone, dict)
    ]
    known: dict[str, Any] = {name: lead[column] or None for name, column in PERSONAL.items()}
    return known | {"phoneNumbers": numbers}
