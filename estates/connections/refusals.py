"""A key that counts as refused: the agency's owners are mailed, once for each time that it stops working."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from django.core.mail import EmailMultiAlternatives
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts import mail
from accounts.models import User
from accounts.people import owners_of
from estates.connections.models import Connection, Outcome, State
from estates.jobs.mailing import send_to_each
from estates.jobs.run import Run
from estates.jobs.start import start

MAIL = "connections.mail"
AGAIN_AFTER = timedelta(days=1)
"""A key that may do one thing and not another is refused and well by turns, and must not mail by turns."""


def tell_owners(rows: QuerySet[Connection], at: datetime) -> None:
    """Puts the mail in line if the one connection among `rows` is refused and they have not been told.

    Whoever was told hears of it again only when the key worked in between, and a day has passed. Belongs into the
    transaction that keeps the refusal.
    """
    worked_since = Q(refusal_told_at__lt=F("last_success_at"), refusal_told_at__lte=at - AGAIN_AFTER)
    due = rows.filter(Q(refusal_told_at=None) | worked_since, state=State.REFUSED)
    if not due.update(refusal_told_at=at):
        return
    connection = rows.select_related("agency").get()
    start(
        connection.agency,
        MAIL,
        subject=f"connection:{connection.pk}",
        title=str(connection),
        params={"connection": connection.pk},
    )


def send(run: Run) -> None:
    """The work of `connections.mail`. Raises `Unreachable` while the mail server is away."""
    rows = Connection.objects.for_agency(run.agency).filter(removed_at=None, state=State.REFUSED)
    connection = rows.filter(pk=run.params["connection"]).select_related("agency").first()
    if connection is None:
        return  # it was removed, has got another key, or works again
    send_to_each(run, owners_of(run.agency), partial(compose, connection))


def compose(connection: Connection, person: User) -> EmailMultiAlternatives:
    """For safety: it cannot be switched off."""
    agency = connection.agency
    is_answer = connection.last_outcome == Outcome.UNAUTHORISED
    says = {
        "agency": agency,
        "connection": connection,
        "since": connection.refused_at or timezone.now(),
        "words": connection.last_answer if is_answer else "",
        "link": mail.public_url(reverse("connections:index", args=[agency.slug])),
    }
    return mail.compose("connections/mail/refused", says, mail.reader_of(person, agency))
