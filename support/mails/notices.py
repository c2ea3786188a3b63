"""Mails about news in tickets: written as rows with what they tell of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from accounts.mail_choices import wants
from accounts.models import Agency, MailKind
from estates.jobs.mailing import send_waiting
from estates.jobs.run import Run
from estates.jobs.start import start
from support.mails.news_mail import compose
from support.models import Following, Message, Notice, Ticket

KIND = "support.notify"
SUBJECT = "notices"
State = Notice.State
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
    """The work of `support.notify`."""
    rows = Notice.objects.for_agency(run.agency).select_related("message__ticket", "user", "agency")
    send_waiting(run, rows, compose, _is_needed)


def _is_needed(notice: Notice) -> bool:
    """Whether the person is still in the agency, still wants to know, and does not know it yet."""
    unread = Following.objects.for_agency(notice.agency).filter(
        ticket=notice.message.ticket, user=notice.user, watches=True, read_to__lt=notice.message_id
    )
    wanted = wants(notice.agency, notice.user, MailKind.TICKET)
    return timezone.now() - notice.at <= STALE and wanted and unread.exists()
