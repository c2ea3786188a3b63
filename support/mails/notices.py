"""Mails about news in tickets: written as rows with what they tell of, marked, then sent. None is sent twice."""

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
from estates.remotes.errors import Unreachable
from support.mails.news_mail import compose
from support.models import Following, Message, Notice, Ticket

KIND = "support.notify"
SUBJECT = "notices"
State = Notice.State
AT_ONCE = 20
MOST = 5
"""So many of the messages that came at once are mailed; the ticket has the others."""
STALE = timedelta(days=1)
"""After so long a mail tells nothing new: the marks in the portal have told it."""


def tell(ticket: Ticket, came: Sequence[Message]) -> None:
    """The messages came from outside into a ticket that was known: they are news, and who watches it is mailed.

    In the caller's transaction, which saves the ticket.
    """
    if not came:
        return
    ticket.news = max(message.pk for message in came)
    watchers = Following.objects.for_agency(ticket.agency).filter(
        ticket=ticket, watches=True, user__is_active=True, user__memberships__agency=ticket.agency_id
    )
    people = [following.user for following in watchers.select_related("user").order_by("pk")]
    notices = [
        Notice(agency=ticket.agency, message=message, user=person)
        for message in came[-MOST:]
        for person in people
        if message.author_mail.casefold() != person.email.casefold()
    ]
    if notices:
        Notice.objects.across_agencies().bulk_create(notices, ignore_conflicts=True)
        start(ticket.agency, KIND, subject=SUBJECT)


def start_waiting() -> int:
    """Starts the mails that wait without a job, because it was just ending when they were written."""
    waiting = Notice.objects.across_agencies().filter(state=State.WAITING).order_by().values("agency")
    agencies = Agency.objects.filter(pk__in=waiting)
    for agency in agencies:
        start(agency, KIND, subject=SUBJECT)
    return len(agencies)


def send(run: Run) -> None:
    """The work of `support.notify`: all that wait, oldest first.

    Raises `Unreachable` while the mail server is away: nothing is marked then, so nothing is lost.
    """
    waiting = Notice.objects.for_agency(run.agency).filter(state=State.WAITING).order_by("pk")
    done = run.checkpoint.get("done", 0)
    while notices := list(waiting.select_related("message__ticket", "user", "agency")[:AT_ONCE]):
        server = _reached()
        try:
            for notice in notices:
                done += 1
                _send(run, notice, server, done)
        finally:
            server.close()
        if run.out_of_time:
            raise Continue


def _reached() -> BaseEmailBackend:
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
    """Whether the person is still in the agency, still wants to know, and does not know it yet."""
    member = Membership.objects.filter(agency=notice.agency, user=notice.user, user__is_active=True)
    unread = Following.objects.for_agency(notice.agency).filter(
        ticket=notice.message.ticket, user=notice.user, watches=True, read_to__lt=notice.message_id
    )
    return timezone.now() - notice.at <= STALE and member.exists() and unread.exists()
