"""Mails that wait as rows: each is marked before it leaves, so that none is sent twice, whoever is killed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import Model, QuerySet
from django.utils import timezone

from accounts.mail import deliver
from estates.jobs.run import Continue, Run
from estates.remotes.errors import Unreachable

Row = TypeVar("Row", bound=Model)
AT_ONCE = 20


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
                _send(run, row, states, server, done, compose, is_needed)
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


def _send(
    run: Run,
    row: Row,
    states: Any,
    server: BaseEmailBackend,
    done: int,
    compose: Callable[[Row], EmailMessage],
    is_needed: Callable[[Row], bool],
) -> None:
    """One mail, at most once: a worker that dies after the mark leaves it as perhaps sent."""
    manager: Any = type(row)._default_manager
    mine = manager.for_agency(run.agency).filter(pk=row.pk)
    needed = is_needed(row)
    with run.step(done=done, phase="mailing", checkpoint={"done": done}):
        marked = mine.filter(state=states.WAITING).update(state=states.SENDING if needed else states.DROPPED)
        if not marked or not needed:
            return
    message = compose(row)
    message.connection = server
    state = states.SENT if deliver(message) else states.FAILED
    mine.filter(state=states.SENDING).update(state=state, sent_at=timezone.now())
