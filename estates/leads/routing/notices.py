"""Mails about leads: written as rows with what they tell of, marked, then sent. None is sent twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from accounts.mail import deliver
from accounts.models import Agency, Membership
from estates.jobs.run import Continue, Run
from estates.jobs.start import start
from estates.leads.models import LeadOffer, Notice
from estates.leads.routing.lead_mail import compose
from estates.remotes.errors import Unreachable

KIND = "leads.notify"
State = Notice.State
AT_ONCE = 20
STALE = timedelta(days=1)
"""After so long a mail tells nothing new: the inbox and the digest have told it."""


def notify(agency: Agency, notices: Sequence[Notice]) -> None:
    """Puts mails in line in the caller's transaction. Whoever was told the same before is not told again."""
    if notices:
        Notice.objects.across_agencies().bulk_create(notices, ignore_conflicts=True)
        start(agency, KIND, subject="notices")


def start_waiting() -> int:
    """Starts the mails that wait without a job, because it was just ending when they were written."""
    waiting = Notice.objects.across_agencies().filter(state=State.WAITING).order_by().values("agency")
    agencies = Agency.objects.filter(pk__in=waiting)
    for agency in agencies:
        start(agency, KIND, subject="notices")
    return len(agencies)


def send(run: Run) -> None:
    """The work of `leads.notify`: all that wait, oldest first.

    Raises `Unreachable` while the mail server is away: nothing is marked then, so nothing is lost.
    """
    waiting = Notice.objects.for_agency(run.agency).filter(state=State.WAITING).order_by("pk")
    done = run.checkpoint.get("done", 0)
    while notices := list(
        waiting.select_related("lead__agency", "lead__estate", "lead__assignee", "user", "agency")[:AT_ONCE]
    ):
        server = reached()
        try:
            for notice in notices:
                done += 1
                _send(run, notice, server, done)
        finally:
            server.close()
        if run.out_of_time:
            raise Continue


def reached() -> BaseEmailBackend:
    """The mail server, connected. Raises `Unreachable`."""
    server: BaseEmailBackend = get_connection()
    try:
        server.open()
    except OSError as error:  # smtplib's errors are OSErrors too
        raise Unreachable("The mail server does not answer", words=str(error)) from None
    return server


def _send(run: Run, notice: Notice, server: BaseEmailBackend, done: int) -> None:
    """One mail, at most once: a worker that dies after the mark leaves it as perhaps sent."""
    rows = Notice.objects.for_agency(run.agency)
    needed = _is_needed(notice)
    with run.step(done=done, phase="mailing", checkpoint={"done": done}):
        mine = rows.filter(pk=notice.pk, state=State.WAITING)
        if not mine.update(state=State.SENDING if needed else State.DROPPED) or not needed:
            return
    message = compose(notice)
    message.connection = server
    state = State.SENT if deliver(message) else State.FAILED
    rows.filter(pk=notice.pk, state=State.SENDING).update(state=state, sent_at=timezone.now())


def _is_needed(notice: Notice) -> bool:
    """Whether it still tells the truth: the lead is still theirs, or still to be taken."""
    lead, now = notice.lead, timezone.now()
    member = Membership.objects.filter(agency=notice.agency, user=notice.user, user__is_active=True)
    if lead.erased_at or now - notice.at > STALE or not member.exists():
        return False
    if notice.kind == Notice.Kind.ASSIGNED:
        return lead.assignee_id == notice.user_id
    offers = LeadOffer.objects.for_agency(notice.agency).filter(lead=lead, ended_at=None, until__gt=now)
    return lead.assignee_id is None and offers.exists()
