"""Taking back what was done to many leads at once. How they were before, whoever asks brings along, signed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from django.core.signing import TimestampSigner
from django.db import transaction
from django.db.models import Exists, Max, OuterRef

from accounts.models import Agency, User
from estates.leads.inbox import verbs
from estates.leads.inbox.forms import colleagues
from estates.leads.models import Lead, LeadEvent, Notice, State

What = LeadEvent.What
SPAN = timedelta(hours=1)
"""How long a bulk action can be taken back."""


class Undone(NamedTuple):
    """The leads that are as they were, and those that stay as they are now. `told`: who may have been mailed."""

    back: list[Lead]
    stayed: list[Lead]
    told: User | None


def token_of(changed: Sequence[Lead], what: LeadEvent.What, now: str | int | None) -> str:
    """What takes the change back: of leads, as they were before it, all of one agency; "" of none.

    It holds keys alone, up to the leads' latest line in the timeline, and grows with their number.
    """
    if not changed:
        return ""
    groups: dict[tuple[str | int | None, bool], list[int]] = {}
    for lead in changed:
        groups.setdefault((_value(lead, what), lead.answered_at is None), []).append(lead.pk)
    upto = LeadEvent.objects.filter(lead__in=changed).aggregate(upto=Max("pk"))["upto"]
    before = [[*was, keys] for was, keys in groups.items()]
    return _signer(changed[0].agency).sign_object([what, now, upto, before], compress=True)


def undo(agency: Agency, user: User, token: str) -> Undone:
    """Gives each lead its earlier state or colleague back, where nobody has changed it since. May be repeated.

    Whoever subscribed to changes hears of this one as of any other; mails that have left stay sent, and nobody
    is mailed about what he had before. Raises `BadSignature` for what is too old, or not of this agency.
    """
    what, now, upto, groups = _signer(agency).unsign_object(token, max_age=SPAN)
    since = LeadEvent.objects.filter(lead=OuterRef("pk"), what=what, pk__gt=upto)
    rows = Lead.objects.for_agency(agency).filter(erased_at=None).annotate(changed=Exists(since))
    people = {person.pk: person for person in colleagues(agency)}
    undone = Undone([], [], people.get(now) if what == What.ASSIGNED and now != user.pk else None)
    given: list[Lead] = []
    with transaction.atomic():
        for before, was_unanswered, keys in groups:
            leads = list(rows.filter(pk__in=keys).select_related("agency", "assignee"))
            ours = [lead for lead in leads if _value(lead, what) == now and not lead.changed]
            if what == What.STATE:
                done = verbs.set_state(ours, State(before), user)
                if was_unanswered:
                    _mark_unanswered(agency, done)
            else:
                has_left = before is not None and before not in people
                done = [] if has_left else verbs.assign(ours, people.get(before), user, tells=False)
            for lead in leads:
                is_back = lead in done or _value(lead, what) == before
                (undone.back if is_back else undone.stayed).append(lead)
            given += done
        if undone.told and _withdraw_mails(agency, given, undone.told) == len(given):
            return undone._replace(told=None)
    return undone


def _value(lead: Lead, what: LeadEvent.What) -> str | int | None:
    return lead.state if what == What.STATE else lead.assignee_id


def _mark_unanswered(agency: Agency, leads: Sequence[Lead]) -> None:
    """It was the change that is taken back by which they counted as answered."""
    keys = [lead.pk for lead in leads]
    Lead.objects.for_agency(agency).filter(pk__in=keys).update(answered_at=None)


def _withdraw_mails(agency: Agency, leads: Sequence[Lead], user: User) -> int:
    """How many had not left. None of their rows stays, or nobody would be mailed when given the lead once more."""
    mails = Notice.objects.for_agency(agency).filter(user=user, kind=Notice.Kind.ASSIGNED, lead__in=leads)
    withdrawn: int = mails.filter(state=Notice.State.WAITING).delete()[0]
    return withdrawn


def _signer(agency: Agency) -> TimestampSigner:
    return TimestampSigner(salt=f"leads.undo:{agency.pk}")
