"""Creating leads at AVIV. Twice sent it is there twice: what may have arrived is never sent again by itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.audit import record
from accounts.models import User
from estates.connections.clients import client_for
from estates.connections.models import Connection
from estates.jobs.models import Job
from estates.jobs.outcomes import storable
from estates.jobs.run import Run
from estates.jobs.start import start
from estates.leads.models import SentLead
from estates.remotes.aviv import AvivClient
from estates.remotes.aviv_requests import NewLead, NewPhone
from estates.remotes.errors import Refused, RemoteError, Throttled, Unauthorised

KIND = "leads.create_aviv"
NOT_DONE = (Refused, Unauthorised)
"""Answers by which AVIV says that it has not taken the lead."""
State = SentLead.State


def create(connection: Connection, user: User | None, fields: dict[str, Any]) -> SentLead:
    """Puts a lead in line. `fields` are those of `NewLead` in JSON: `phones` as [{number, type}], or one as `phone`
    and `phone_type`; `submitted_at` in ISO 8601, without which it is now.

    Raises ValueError for what the document's schema refuses.
    """
    sent = SentLead(
        agency=connection.agency,
        connection=connection,
        fields=fields,
        classified_id=fields["classified_id"],
        created_by=user,
        created_at=timezone.now(),
    )
    request_of(sent).payload()
    with transaction.atomic():
        sent.save()
        record(connection.agency, user, "leads.creation_asked", str(connection))
        start_sending(sent, user)
    return sent


def send_again(sent: SentLead, user: User) -> bool:
    """A person has looked and decides that it did not arrive. False where nobody waits for that any more."""
    with transaction.atomic():
        if not _move(sent, (State.UNKNOWN, State.REFUSED), State.WAITING, words=""):
            return False
        record(sent.agency, user, "leads.creation_repeated", str(sent.connection))
        start_sending(sent, user)
    return True


def forget(sent: SentLead, user: User) -> bool:
    """A person has looked: it arrived, or is no longer wanted. What was typed goes."""
    with transaction.atomic():
        rows = SentLead.objects.for_agency(sent.agency).filter(pk=sent.pk)
        if not rows.filter(state__in=(State.UNKNOWN, State.REFUSED)).delete()[0]:
            return False
        record(sent.agency, user, "leads.creation_forgotten", str(sent.connection))
    return True


def start_sending(sent: SentLead, user: User | None) -> Job:
    return start(
        sent.agency,
        KIND,
        subject=subject_of(sent),
        title=str(sent.connection),
        params={"sent_lead": sent.pk},
        asked_by=user,
    )


def subject_of(sent: SentLead) -> str:
    return f"sent-lead:{sent.pk}"


def send(run: Run) -> None:
    """The work of `leads.create_aviv`: one call, before which it is written down that it goes out."""
    rows = SentLead.objects.for_agency(run.agency).select_related("agency", "connection__agency")
    sent = rows.filter(pk=run.params["sent_lead"]).first()
    if sent is None:
        return
    if sent.state == State.SENDING:
        # A worker died with the call under way.
        with run.step():
            _move(sent, (State.SENDING,), State.UNKNOWN)
        return
    if sent.state != State.WAITING:
        return
    with client_for(sent.connection, AvivClient) as client:
        with run.step(phase="sending"):
            _move(sent, (State.WAITING,), State.SENDING)
        try:
            answer = client.create_lead(request_of(sent))
        except Throttled:
            # Not taken for certain, and only for now: the job waits and sends it then.
            with run.step():
                _move(sent, (State.SENDING,), State.WAITING)
            raise
        except RemoteError as error:
            with run.step():
                _note_failure(sent, error)
            return
    with run.step():
        _move(
            sent,
            (State.SENDING,),
            State.SENT,
            request_id=answer.request_id,
            fields={},
            sent_at=timezone.now(),
        )


def _note_failure(sent: SentLead, error: RemoteError) -> None:
    """A clear no is one; after anything else the lead may be there. Neither is repeated without a person."""
    after = State.REFUSED if isinstance(error, NOT_DONE) else State.UNKNOWN
    _move(sent, (State.SENDING,), after, words=storable(error.words)[:2000])


def _move(sent: SentLead, before: tuple[State, ...], after: State, **fields: Any) -> bool:
    rows = SentLead.objects.for_agency(sent.agency).filter(pk=sent.pk, state__in=before)
    return bool(rows.update(state=after, **fields))


def request_of(sent: SentLead) -> NewLead:
    fields = dict(sent.fields)
    phones = fields.pop("phones", None) or [
        {"number": fields.pop("phone", ""), "type": fields.pop("phone_type", "")}
    ]
    submitted = fields.pop("submitted_at", None)
    return NewLead(
        phones=tuple(NewPhone(phone["number"], phone.get("type") or "") for phone in phones),
        submitted_at=datetime.fromisoformat(submitted) if submitted else sent.created_at,
        **fields,
    )
