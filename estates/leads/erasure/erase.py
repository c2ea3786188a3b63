"""Erasing people: their leads at once, with a tombstone each; all other places by a job."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from accounts.audit import record
from accounts.models import Agency, User
from estates.connections.models import Connection
from estates.connections.vault import seal, unseal
from estates.jobs.models import Job
from estates.jobs.start import start
from estates.leads.erasure.blanking import blank, forget_people
from estates.leads.erasure.hashes import keep_hashes
from estates.leads.erasure.traces import TAIL, Traces, traces_of
from estates.leads.models import Erasure, ErasureTrace, Lead, Person
from estates.leads.people.changes import shown
from estates.leads.people.lock import lock_people
from estates.remotes.secret import Secret

KIND = "leads.erase"
Reason = Erasure.Reason
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class Changed(Exception):
    """The person has other leads now than those that were seen."""


def erase_person(person: Person, actor: User | None, *, seen: Collection[int] | None = None) -> Erasure:
    """Erases all leads of a person and starts the search for other traces, in one transaction.

    `seen` are the leads that the decision was made on. Raises `Changed` where they are others by now, or none.
    """
    agency = person.agency
    with transaction.atomic():
        lock_people(agency)
        leads = list(whole(agency).filter(person=person))
        if not leads or (seen is not None and {lead.pk for lead in leads} != set(seen)):
            raise Changed
        erasure = begin(agency, Reason.REQUEST, actor)
        take(erasure, leads)
        record(agency, actor, "person.erased", shown(person), receipt=erasure.number, leads=len(leads))
        start_search(erasure, actor)
    return erasure


def erase_leads(
    agency: Agency, leads: Collection[int], reason: Reason, actor: User | None = None
) -> Erasure | None:
    """Erases some leads by their ids, whoever else wrote the person's others; None where none is left to erase."""
    with transaction.atomic():
        lock_people(agency)
        found = list(whole(agency).filter(pk__in=leads))
        if not found:
            return None
        erasure = begin(agency, reason, actor)
        take(erasure, found)
        record(agency, actor, "leads.erased", receipt=erasure.number, leads=len(found), why=reason.value)
        start_search(erasure, actor)
    return erasure


def erase_lead(lead: Lead, reason: Reason, actor: User | None = None) -> Erasure | None:
    return erase_leads(lead.agency, [lead.pk], reason, actor)


def erase_blanked(connection: Connection, remote_ids: Collection[str]) -> Erasure | None:
    """Erases what `saving.Saved.blanked` names: leads that the remote system itself has blanked."""
    rows = Lead.objects.for_agency(connection.agency).filter(connection=connection, remote_id__in=remote_ids)
    return erase_leads(connection.agency, rows.values_list("pk", flat=True), Reason.REMOTE)


def begin(
    agency: Agency,
    reason: Reason,
    actor: User | None,
    silent_since: datetime | None = None,
    up_to: int = 0,
) -> Erasure:
    number = "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3))
    return Erasure.objects.create(
        agency=agency, number=number, reason=reason, asked_by=actor, silent_since=silent_since, up_to=up_to
    )


def take(erasure: Erasure, leads: Sequence[Lead]) -> None:
    """Blanks leads, and notes what is to be looked for elsewhere, inside the caller's transaction.

    An address or number that somebody else's lead has too is not looked for: what it stands in may be theirs.
    """
    if not leads:
        return
    traces = traces_of(leads)
    people = sorted({lead.person_id for lead in leads if lead.person_id})
    for name, number in blank(erasure.agency, leads, traces).items():
        erasure.found[name] = erasure.found.get(name, 0) + number
    forget_people(erasure.agency, people)
    keep_hashes(erasure, traces)
    erasure.leads += len(leads)
    erasure.people += len(people)
    erasure.save(update_fields=["found", "leads", "people"])
    others = Lead.objects.for_agency(erasure.agency).filter(erased_at=None)
    traces.mails -= set(others.filter(email_key__in=traces.mails).values_list("email_key", flat=True))
    dialled = {str(phone.get("e164", "")) for lead in leads for phone in lead.phones} - {""}
    numbers = others.filter(phone_key__in=dialled)
    traces.tails -= {number[-TAIL:] for number in numbers.values_list("phone_key", flat=True)}
    traces.add(wanted(erasure))
    want(erasure, traces)


def start_search(erasure: Erasure, actor: User | None = None) -> Job:
    return start(
        erasure.agency,
        KIND,
        subject=f"erasure:{erasure.pk}",
        title=erasure.number,
        params={"erasure": erasure.pk},
        asked_by=actor,
    )


def wanted(erasure: Erasure) -> Traces:
    """What an erasure still looks for."""
    trace = ErasureTrace.objects.filter(erasure=erasure).first()
    if trace is None:
        return Traces()
    return Traces.from_json(json.loads(base64.b64decode(unseal(trace.ciphertext).reveal())))


def want(erasure: Erasure, traces: Traces) -> None:
    told = base64.b64encode(json.dumps(traces.as_json()).encode()).decode()
    ErasureTrace.objects.update_or_create(erasure=erasure, defaults={"ciphertext": seal(Secret(told))})


def whole(agency: Agency) -> QuerySet[Lead]:
    """The leads that are not erased, held until the transaction ends: no reading writes to them meanwhile."""
    rows = Lead.objects.for_agency(agency).filter(erased_at=None).order_by("pk")
    return rows.select_for_update(of=("self",)).defer("message", "search_text")
