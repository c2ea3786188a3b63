"""Blanking leads: nothing of the person is left in their rows, and no later reading brings it back."""

from collections.abc import Sequence

from django.db import connection as db
from django.db.models import Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import Agency
from estates.leads.erasure.traces import Traces
from estates.leads.models import (
    Forwarding,
    Lead,
    LeadEvent,
    LeadPayload,
    Person,
    PersonChange,
    Tombstone,
)
from estates.webhooks.kinds import EventType
from estates.webhooks.tell import tell

EMPTIED = (
    "digest",
    "first_name",
    "last_name",
    "gender",
    "language",
    "email",
    "phone",
    "email_key",
    "phone_key",
    "message",
    "excerpt",
    "search_text",
    "person_by",
)
"""Columns that tell about the person."""
KEPT_TEXTS = (
    "portal",
    "category",
    "intention",
    "programme_id",
    "programme",
    "region",
    "classified_id",
    "estate_reference",
)
"""Columns that tell about the property and the way here. They stay for the figures, unless a person is in them."""


def blank(agency: Agency, leads: Sequence[Lead], traces: Traces) -> dict[str, int]:
    """Blanks leads in the caller's transaction; returns how many rows of which table.

    What is left says that there was an enquiry: when, from which source, about which estate, and what became
    of it. Of the timeline stay the deeds without a word.
    """
    now, keys = timezone.now(), [lead.pk for lead in leads]
    Tombstone.objects.across_agencies().bulk_create(
        (
            Tombstone(agency=agency, connection_id=lead.connection_id, remote_id=lead.remote_id)
            for lead in leads
        ),
        ignore_conflicts=True,
    )
    rows = Lead.objects.for_agency(agency).filter(pk__in=keys)
    for lead in leads:
        told = {name: "" for name in KEPT_TEXTS if traces.in_text(getattr(lead, name))}
        if told:
            rows.filter(pk=lead.pk).update(**told)
    rows.update(
        **dict.fromkeys(EMPTIED, ""),
        phones=Value([], Lead._meta.get_field("phones")),
        person=None,
        expires_at=None,
        filed_at=Coalesce("filed_at", Value(now)),
        changed_at=now,
        erased_at=now,
    )
    tell(agency, EventType.LEAD_ERASED, keys, now)
    _forget_words()
    sent = Forwarding.objects.for_agency(agency).filter(lead__in=keys).update(buyer={}, words="")
    payloads = LeadPayload.objects.filter(lead__in=keys).exclude(body="").update(body="")
    return {"leads": len(keys), "payloads": payloads, "events": _hush(keys), "forwardings": sent}


def _forget_words() -> None:
    """SQLite's word index only notes that an entry is gone; merged into one piece, it lets go of the words."""
    if db.vendor == "sqlite":
        with db.cursor() as cursor:
            cursor.execute("INSERT INTO leads_words (leads_words) VALUES ('optimize')")


def _hush(leads: Sequence[int]) -> int:
    """Takes notes and names out of timelines; that a state changed, and into which, tells nobody."""
    events = LeadEvent.objects.filter(lead__in=leads)
    told = events.exclude(what=LeadEvent.What.STATE).exclude(words="", before="", after="")
    number = told.update(words="", before="", after="")
    return number + events.filter(what=LeadEvent.What.STATE).exclude(words="").update(words="")


def forget_people(agency: Agency, people: Sequence[int]) -> None:
    """Deletes people of whom no lead is left, and those who were merged into them."""
    merged = PersonChange.objects.for_agency(agency).filter(person__in=people, kind=PersonChange.Kind.MERGE)
    handles = {*people, *merged.values_list("other", flat=True)}
    Person.objects.for_agency(agency).filter(pk__in=handles, leads=None).delete()
