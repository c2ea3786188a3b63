"""What a partner says about a lead: what became of it, and notes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Schema

from accounts.audit import record
from accounts.models import PartnerKey, Scope
from estates.leads.inbox import verbs
from estates.leads.models import Lead, State
from portal.api.errors import Error, Refusal
from portal.api.keys import needs
from portal.api.lead_reading import lead_of
from portal.api.lead_shape import Metadata, StateName
from portal.api.leads import router
from portal.api.once import digest_of, once

NOTE = 4_800
"""Characters: what is left of a note once it says whose it is."""
ERRORS = {
    400: Error,
    401: Error,
    403: Error,
    404: Error,
    409: Error,
    413: Error,
    422: Error,
    429: Error,
}


class StateIn(Schema):
    state: StateName = Field(examples=["contacted"])
    seen: StateName = Field(
        description="The state that the lead had when you looked: `metadata.state`", examples=["new"]
    )

    model_config = {"extra": "forbid"}


class NoteIn(Schema):
    note: str = Field(min_length=1, max_length=NOTE, examples=["Called back: wants to visit on Saturday."])

    model_config = {"extra": "forbid"}


class StateOut(Schema):
    """Nothing of the person: reading leads is another scope."""

    metadata: Metadata


class NoteOut(Schema):
    id: int = Field(examples=[99])
    leadId: str = Field(examples=["4711"])
    at: datetime


@router.put("/{int:lead_id}/state", auth=needs(Scope.LEADS_WRITE), response={200: StateOut} | ERRORS)
def lead_state(request: HttpRequest, lead_id: int, given: StateIn) -> HttpResponse:
    """Say what became of a lead. 409 where somebody was quicker: read it again, then decide."""
    key: PartnerKey = request.partner_key  # type: ignore[attr-defined]
    found = _lead(key, lead_id)

    def effect() -> tuple[int, Any]:
        found.state, wanted = given.seen, State(given.state)
        if wanted == given.seen:
            if lead_of(key.agency, lead_id)["metadata"]["state"] != given.seen:
                raise _overtaken()
        elif not verbs.set_state([found], wanted, None):
            raise _overtaken()
        return 200, {"metadata": lead_of(key.agency, lead_id)["metadata"]}

    return once(request, key, digest_of(request), effect)


@router.post("/{int:lead_id}/notes", auth=needs(Scope.LEADS_WRITE), response={201: NoteOut} | ERRORS)
def lead_notes(request: HttpRequest, lead_id: int, given: NoteIn) -> HttpResponse:
    """Leave a note on a lead. The agency's people read it with the key's name before it."""
    key: PartnerKey = request.partner_key  # type: ignore[attr-defined]
    found = _lead(key, lead_id)

    def effect() -> tuple[int, Any]:
        try:
            note = verbs.add_note(found, f"{key.name}: {given.note}", None)
        except verbs.Overtaken:
            raise _overtaken() from None
        record(key.agency, None, "partner.lead_noted", str(found))
        return 201, {"id": note.pk, "leadId": str(found.pk), "at": note.at}

    return once(request, key, digest_of(request), effect)


def _lead(key: PartnerKey, pk: int) -> Lead:
    """The agency's lead whose person was not erased. Raises Refusal 404 or 409."""
    found = Lead.objects.for_agency(key.agency).select_related("agency").filter(pk=pk).first()
    if found is None:
        raise Refusal(404, "Not found")
    if found.erased_at:
        raise Refusal(409, "The person was erased, and nothing more is kept about them.")
    return found


def _overtaken() -> Refusal:
    return Refusal(409, "seen: the lead is in another state by now. Read it again.")
