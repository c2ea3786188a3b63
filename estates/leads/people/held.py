"""All that an agency holds on a person: for whoever asks to see it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet
from django.utils import timezone

from accounts.audit import record
from accounts.models import User
from estates.leads.erasure.traces import Traces, traces_of
from estates.leads.models import Lead, Person, StrayItem
from estates.leads.people.changes import shown

COLUMNS = (
    "source", "remote_id", "happened_at", "received_at", "changed_at", "pulled_at", "expires_at", "portal",
    "category", "intention", "first_name", "last_name", "gender", "language", "email", "phones", "message",
    "programme", "region", "classified_id", "estate_reference", "state", "answered_at",
)  # fmt: skip
STRAYS_READ = 2000


def leads_of(person: Person) -> QuerySet[Lead]:
    rows = Lead.objects.for_agency(person.agency).filter(person=person, erased_at=None)
    return rows.select_related("payload", "estate").prefetch_related("events").order_by("happened_at", "pk")


def strays_of(person: Person) -> Iterator[StrayItem]:
    """Items that could not be read as leads and hold the person's address or number, among the latest."""
    leads = Lead.objects.for_agency(person.agency).filter(person=person, erased_at=None)
    known = traces_of(leads.defer("message", "search_text"))
    alone = Traces(known.mails, known.tails)
    strays = StrayItem.objects.for_agency(person.agency).order_by("-pk")[:STRAYS_READ]
    return (stray for stray in strays if alone.in_text(stray.body))


def note_export(person: Person, user: User) -> None:
    """Leaves the trace of an export, which names nobody."""
    record(person.agency, user, "person.exported", shown(person), leads=leads_of(person).count())


def file_of(person: Person) -> Iterator[bytes]:
    """A JSON file, one enquiry after the other."""
    head = {"agency": person.agency.name, "exported_at": timezone.now()}
    yield _line(head)[:-1] + b',\n"enquiries": [\n'
    for number, lead in enumerate(leads_of(person).iterator(chunk_size=100)):
        yield (b",\n" if number else b"") + _line(entry(lead))
    yield b'\n],\n"set_apart": [\n'
    for number, stray in enumerate(strays_of(person)):
        yield (b",\n" if number else b"") + _line(
            {"at": stray.at, "reason": stray.reason, "body": stray.body}
        )
    yield b"\n]}\n"


def entry(lead: Lead) -> dict[str, Any]:
    """A lead with its timeline, and with what the source said word for word."""
    told = {name: getattr(lead, name) for name in COLUMNS}
    told["estate"] = str(lead.estate) if lead.estate else ""
    told["timeline"] = [
        {
            "at": event.at,
            "what": event.what,
            "before": event.before,
            "after": event.after,
            "words": event.words,
        }
        for event in lead.events.all()
    ]
    told["as_received"] = lead.payload.body if hasattr(lead, "payload") else ""
    return told


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False).encode("utf-8", "replace")
