"""Mails that wait as rows: each is marked before it leaves, so that none is sent twice, whoever is killed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from smtplib import SMTPResponseException
from typing import Any, TypeVar

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import Model, QuerySet
from django.utils import timezone

from accounts.models import User
from estates.jobs.run import Continue, Run
from estates.remotes.errors import Unreachable

Row = TypeVar("Row", bound=Model)
AT_ONCE = 20
CLOSING = 421

logger = logging.getLogger(__name__)


def send_waiting(
    run: Run, rows: QuerySet[Row], compose: Callable[[Row], EmailMessage], is_needed: Callable[[Row], bool]
) -> None:
    """The work of a job: sends what waits among an agency's rows, oldest first; drops what is no longer needed.

    A row has `sent_at` and a `state`, one of its model's `State`: WAITING, SENDING, SENT, FAILED, DROPPED.
    Raises `Unreachable` while the mail server is away: nothing is marked then, so nothing is lost.
    """
    model: Any = rows.model
    states = model.State
    done = run.checkpoint.get("done", 0)
    while waiting := list(rows.filter(state=states.WAITING).order_by("pk")[:AT_ONCE]):
        server = reached()
        try:
            for row in waiting:
                done += 1
                if not _send(run, row, states, server, done, compose, is_needed):
                    # Whatever broke may have broken the connection, and with it the mails behind this one.
                    server.close()
                    server = reached()
        finally:
            server.close()
        if run.out_of_time:
            raise Continue


def send_to_each(run: Run, people: Sequence[User], compose: Callable[[User], EmailMessage]) -> None:
    """The work of a job that mails the same news to several people, each at most once; in the order of their ids.

    Raises `Unreachable` while the mail server is away: whoever has not been mailed then is mailed later.
    """
    after = run.checkpoint.get("after", 0)
    server = reached()
    try:
        for person in (each for each in people if each.pk > after):
            # Marked before it leaves: rather no mail than two.
            with run.step(phase="mailing", checkpoint={"after": person.pk}):
                message = compose(person)
            message.connection = server
            try:
                went = handed_over(message)
            except Unreachable:
                with run.step(checkpoint={"after": after}):
                    pass  # the mark is taken back
                raise
            after = person.pk
            if not went:
                # Whatever broke may have broken the connection, and with it the mails behind this one.
                server.close()
                server = reached()
    finally:
        server.close()


def reached() -> BaseEmailBackend:
    """The mail server, connected. Raises `Unreachable`."""
    server: BaseEmailBackend = get_connection()
    try:
        server.open()
    except OSError as error:  # smtplib's errors are OSErrors too
        raise Unreachable("The mail server does not answer", words=str(error)) from None
    return server


def _send(
    run: Run,
    row: Row,
    states: Any,
    server: BaseEmailBackend,
    done: int,
    compose: Callable[[Row], EmailMessage],
    is_needed: Callable[[Row], bool],
) -> bool:
    """One mail, at most once: a worker that dies after the mark leaves it as perhaps sent. False where it failed.

    Raises `Unreachable`, the row waiting as before, where the server wants nothing more for now.
    """
    manager: Any = type(row)._default_manager
    mine = manager.for_agency(run.agency).filter(pk=row.pk)
    needed = is_needed(row)
    with run.step(done=done, phase="mailing", checkpoint={"done": done}):
        marked = mine.filter(state=states.WAITING).update(state=states.SENDING if needed else states.DROPPED)
        if not marked or not needed:
            return True
    message = compose(row)
    message.connection = server
    marked_rows = mine.filter(state=states.SENDING)
    try:
        went = handed_over(message)
    except Unreachable:
        marked_rows.update(state=states.WAITING)
        raise
    marked_rows.update(state=states.SENT if went else states.FAILED, sent_at=timezone.now())
    return went


def handed_over(message: EmailMessage) -> bool:
    """False where the server refuses the mail. Raises `Unreachable` where it says that it is closing (421)."""
    try:
        message.send()
    except OSError as error:  # smtplib's errors are OSErrors too
        if isinstance(error, SMTPResponseException) and error.smtp_code == CLOSING:
            raise Unreachable("The mail server takes no more for now", words=str(error.smtp_error)) from None
        # Neither its subject nor the server's words, which quote addresses, belong into a log.
        logger.error("a mail was not sent: %s", type(error).__name__)
        return False
    return True
