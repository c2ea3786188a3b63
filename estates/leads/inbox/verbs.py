"""What people do about leads. Each verb says what it changed, and leaves a line in the timelines.

A change is made only where the lead is still as the person saw it. The audit trail, which is kept for ever, names
leads by their number alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce, Now

from accounts.audit import record
from accounts.models import User
from estates.catalogue.models import Estate
from estates.leads.filing import BY_HAND
from estates.leads.models import Lead, LeadEvent, Notice, State
from estates.leads.routing.notices import notify
from estates.leads.routing.route import notice
from estates.webhooks.kinds import EventType
from estates.webhooks.tell import tell

What = LeadEvent.What
NOTE_LIMIT = 5000


class Overtaken(Exception):
    """Somebody else has changed the lead since the person saw it."""


def set_state(leads: Sequence[Lead], state: State, user: User | None) -> list[Lead]:
    """Moves leads on; the first step away from "new" is when somebody answered. All are of one agency.

    Returns those that were changed, as they were before.
    """
    moved = [lead for lead in leads if lead.state != state]
    changes: dict[str, Any] = {"state": state}
    if state != State.NEW:
        changes["answered_at"] = Coalesce(F("answered_at"), Now())
    with transaction.atomic():
        done = [lead for lead in moved if _as_seen(lead).filter(state=lead.state).update(**changes)]
        _tell(done, user, What.STATE, lambda lead: (lead.state, state.value))
        _note_down(done, user, "lead.state_set", state=state.value)
        if done:
            tell(done[0].agency_id, EventType.LEAD_UPDATED, [lead.pk for lead in done], state=state.value)
    return done


def assign(leads: Sequence[Lead], colleague: User | None, user: User, *, tells: bool = True) -> list[Lead]:
    """Gives leads to a colleague, whom `tells` tells by mail, or to nobody. All of them are of one agency.

    Returns those that were changed, as they were before.
    """
    given = [lead for lead in leads if lead.assignee_id != (colleague.pk if colleague else None)]
    name = str(colleague) if colleague else ""
    with transaction.atomic():
        done = [
            lead
            for lead in given
            if _as_seen(lead).filter(assignee=lead.assignee_id).update(assignee=colleague)
        ]
        _tell(done, user, What.ASSIGNED, lambda lead: (str(lead.assignee or ""), name))
        _note_down(done, user, "lead.assigned", assignee=name)
        if tells and done and colleague and colleague != user:
            notify(done[0].agency, [notice(lead, colleague, Notice.Kind.ASSIGNED) for lead in done])
    return done


def add_note(lead: Lead, words: str, user: User | None) -> LeadEvent:
    """A note in the timeline. It may name the person, so the audit trail holds nothing of it. Raises `Overtaken`."""
    with transaction.atomic():
        if not _as_seen(lead).select_for_update().exists():
            raise Overtaken
        return LeadEvent.objects.create(lead=lead, actor=user, what=What.NOTE, words=words[:NOTE_LIMIT])


def link_estate(lead: Lead, estate: Estate | None, user: User) -> None:
    """Says by hand what the lead is about, or that it is about no estate; filing respects it. Raises `Overtaken`."""
    before = lead.estate
    if before == estate:
        return
    with transaction.atomic():
        linked = _as_seen(lead).filter(estate=before)
        if not linked.update(estate=estate, estate_by=BY_HAND):
            raise Overtaken
        what = What.LINKED if estate else What.UNLINKED
        _tell([lead], user, what, lambda _: (str(before or ""), str(estate or "")))


def _as_seen(lead: Lead) -> QuerySet[Lead]:
    rows: QuerySet[Lead] = Lead.objects.for_agency(lead.agency)
    return rows.filter(pk=lead.pk, erased_at=None)


def _tell(leads: Sequence[Lead], user: User | None, what: LeadEvent.What, change: Any) -> None:
    changes = [(lead, *change(lead)) for lead in leads]
    LeadEvent.objects.bulk_create(
        LeadEvent(lead=lead, actor=user, what=what, before=before[:200], after=after[:200])
        for lead, before, after in changes
    )


def _note_down(leads: Sequence[Lead], user: User | None, action: str, **detail: Any) -> None:
    if leads:
        numbers = ", ".join(f"#{lead.pk}" for lead in leads)
        record(leads[0].agency, user, action, numbers, leads=len(leads), **detail)
