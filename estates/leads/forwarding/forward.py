"""Handing a lead on to Ts-Immo: what people and rules ask, and what a worker does about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from accounts.audit import record
from accounts.models import User
from estates.catalogue.models import Estate
from estates.connections.models import WORDS_LIMIT, System
from estates.jobs.models import OPEN, Job
from estates.jobs.run import Run
from estates.jobs.start import start
from estates.leads.forwarding.buyer import buyer_of, prefilled
from estates.leads.forwarding.deliver import deliver
from estates.leads.models import Forwarding, Lead, LeadEvent

KIND = "leads.forward"
State = Forwarding.State


class NotNow(Exception):
    """The lead is being sent already, is erased, or its estate is at no Ts-Immo account in use."""


def may_forward(estate: Estate | None) -> bool:
    """Whether the estate (with its connection) lies at a Ts-Immo account whose key is here."""
    if estate is None:
        return False
    account = estate.connection
    return account.system == System.TS_IMMO and account.removed_at is None


def forward(lead: Lead, estate: Estate, actor: User | None, given: Mapping[str, Any] | None = None) -> Job:
    """Asks that Ts-Immo gets the lead about the estate; `given` is a `LeadForm`'s, else what the lead says.

    What is asked while an earlier call is out would overtake it, and is refused. Raises `NotNow`.
    """
    if lead.erased_at or not may_forward(estate):
        raise NotNow
    buyer = dict(given) if given is not None else prefilled(lead, estate)
    with transaction.atomic():
        forwarding = _asked(lead, estate, actor, buyer)
        LeadEvent.objects.create(
            lead=lead, actor=actor, what=LeadEvent.What.FORWARDED, after=str(estate.reference)[:200]
        )
        record(lead.agency, actor, "lead.forward_asked", f"#{lead.pk}", estate=str(estate.remote_id))
        job = start(
            lead.agency,
            KIND,
            subject=subject_of(forwarding),
            title=f"#{lead.pk}",
            params={"forwarding": forwarding.pk, "version": forwarding.version},
            asked_by=actor,
        )
        if job.params.get("version") != forwarding.version:
            raise NotNow  # the job before is just ending: the new request would be lost with it
        return job


def _asked(lead: Lead, estate: Estate, actor: User | None, buyer: dict[str, Any]) -> Forwarding:
    said = {"estate": estate, "buyer": buyer, "asked_by": actor, "asked_at": timezone.now()}
    rows = Forwarding.objects.for_agency(lead.agency).filter(lead=lead, connection=estate.connection)
    held = rows.select_for_update().first()
    if held is None:
        new = Forwarding(agency=lead.agency, lead=lead, connection=estate.connection, **said)
        try:
            with transaction.atomic():
                new.save()
        except IntegrityError:
            raise NotNow from None
        return new
    if is_out(held):
        raise NotNow
    changed = rows.filter(version=held.version).update(
        state=State.PENDING, words="", version=F("version") + 1, answered_at=None, **said
    )
    if not changed:
        raise NotNow
    return rows.get()


def subject_of(forwarding: Forwarding) -> str:
    return f"forwarding:{forwarding.pk}"


def jobs_of(forwarding: Forwarding) -> QuerySet[Job]:
    return Job.objects.for_agency(forwarding.agency).filter(kind=KIND, subject=subject_of(forwarding))


def is_out(forwarding: Forwarding) -> bool:
    """Whether a call about it may still be made or answered."""
    return forwarding.state == State.PENDING and jobs_of(forwarding).filter(status__in=OPEN).exists()


def send(run: Run) -> None:
    """The work of `leads.forward`. Sent again after a lost answer, the same stream makes no second contact.

    What was refused is sent as it was when a person tries the job again: the estate may be known there by now.
    """
    rows = Forwarding.objects.for_agency(run.agency).filter(
        pk=run.params["forwarding"], version=run.params["version"]
    )
    forwarding = rows.select_related("agency", "estate", "lead", "connection__agency").first()
    if forwarding is None or forwarding.lead.erased_at or forwarding.state == State.ACCEPTED:
        return
    rows.filter(state=State.REFUSED).update(state=State.PENDING, words="", answered_at=None)
    buyer = buyer_of(forwarding.stream_id, forwarding.buyer)
    deliver(run, forwarding.connection, forwarding.estate, buyer, partial(keep, run, forwarding))


def keep(run: Run, forwarding: Forwarding, state: State, words: str, remote_id: str) -> None:
    """What Ts-Immo said becomes the state of that version, with its line in the lead's timeline."""
    with run.step(done=1, total=1):
        mine = Forwarding.objects.for_agency(run.agency).filter(
            pk=forwarding.pk, version=forwarding.version, state=State.PENDING
        )
        if not mine.update(
            state=state, words=words[:WORDS_LIMIT], remote_id=remote_id[:64], answered_at=timezone.now()
        ):
            return
        LeadEvent.objects.create(
            lead=forwarding.lead,
            actor=forwarding.asked_by,
            what=LeadEvent.What.ACCEPTED if state == State.ACCEPTED else LeadEvent.What.REFUSED,
            words=words,
        )


@dataclass(frozen=True)
class Card:
    """A forwarding with its latest job: `is_unknown` where nobody waits for an answer that never came."""

    forwarding: Forwarding
    job: Job | None

    @property
    def is_unknown(self) -> bool:
        waits = self.job is not None and self.job.is_open
        return self.forwarding.state == State.PENDING and not waits


def cards_of(lead: Lead) -> list[Card]:
    rows = Forwarding.objects.for_agency(lead.agency).filter(lead=lead)
    rows = rows.select_related("agency", "connection", "estate", "asked_by").order_by("-asked_at")
    return [
        Card(each, jobs_of(each).defer("evidence", "checkpoint").order_by("-pk").first()) for each in rows
    ]
