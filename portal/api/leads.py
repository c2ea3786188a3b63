"""Leads from a partner, created at AVIV with the agency's own access."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Schema

from accounts.models import PartnerKey, Scope
from estates.connections.models import System
from estates.jobs.models import Job
from estates.leads.aviv.creating import create, subject_of
from estates.remotes.aviv_requests import CLASSIFIED_ID, NAME_LIMIT
from portal.api.connections import connection_of
from portal.api.errors import Error, Refusal
from portal.api.keys import needs
from portal.api.once import digest_of, once
from portal.api.routing import StrictRouter

router = StrictRouter(tags=["Leads"])
Gender = Literal["MALE", "FEMALE", "OTHER", "PREFER_NOT_TO_DISCLOSE"]
Language = Literal["DE", "EN", "ES", "FR", "HE", "IT", "NL", "PT", "RU"]
ERRORS = {400: Error, 401: Error, 403: Error, 409: Error, 413: Error, 422: Error, 429: Error}


class Strict(Schema):
    model_config = {"extra": "forbid"}


class PhoneNumber(Strict):
    number: str = Field(min_length=1, max_length=40, examples=["+33511223344"])
    type: Literal["MOBILE", "LANDLINE"] | None = None


class LeadIn(Strict):
    """AVIV's createLeadRequest (aviv-seeker-leads-operations), with its names and limits."""

    lastName: str = Field(min_length=1, max_length=NAME_LIMIT, examples=["Doe"])
    firstName: str | None = Field(None, min_length=1, max_length=NAME_LIMIT, examples=["Jane"])
    gender: Gender | None = None
    email: str = Field(max_length=254, examples=["test@example.com"])
    language: Language | None = None
    phoneNumbers: list[PhoneNumber] = Field(min_length=1, max_length=10)
    message: str = Field(
        min_length=1, max_length=5000, examples=["Is it still free? I could visit on Saturday."]
    )
    classifiedId: str = Field(pattern=f"^(?:{CLASSIFIED_ID.pattern})$", examples=["251234567891"])
    submittedDate: datetime = Field(examples=["2026-11-28T09:30:00Z"])


class LeadWay(Strict):
    connection: int | None = Field(
        None, description="Which connection to AVIV; needed where there are several", examples=[3]
    )


class LeadAsked(Schema):
    """AVIV's answer is not awaited: the job says what became of it."""

    title: str = Field(examples=["The lead is in line for AVIV"])
    id: int = Field(examples=[23])
    job: int = Field(examples=[815])


@router.post("", auth=needs(Scope.LEADS_WRITE), response={202: LeadAsked} | ERRORS)
def create_lead(request: HttpRequest, lead: LeadIn, way: Query[LeadWay]) -> HttpResponse:
    """Create a lead at AVIV. It is sent once: where nobody knows whether it arrived, a person decides."""
    key: PartnerKey = request.partner_key  # type: ignore[attr-defined]
    connection = connection_of(key.agency, System.AVIV, way.connection)

    def effect() -> tuple[int, Any]:
        try:
            sent = create(connection, None, _fields(lead))
        except ValueError as complaint:
            raise Refusal(422, str(complaint)) from None
        job = Job.objects.for_agency(key.agency).filter(subject=subject_of(sent)).latest("pk")
        return 202, {"title": "The lead is in line for AVIV", "id": sent.pk, "job": job.pk}

    return once(request, key, digest_of(request), effect)


def _fields(lead: LeadIn) -> dict[str, Any]:
    given = orjson.loads(lead.model_dump_json(exclude_none=True))
    return {
        "last_name": given["lastName"],
        "first_name": given.get("firstName", ""),
        "gender": given.get("gender", ""),
        "email": given["email"],
        "language": given.get("language", ""),
        "phones": given["phoneNumbers"],
        "message": given["message"],
        "classified_id": given["classifiedId"],
        "submitted_at": lead.submittedDate.isoformat(),
    }
