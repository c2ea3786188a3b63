"""Keeping on a connection what its calls said: the observer of the remote clients."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils import timezone

from estates.connections.models import Connection, ConnectionKey, Outcome, State
from estates.connections.refusals import tell_owners
from estates.connections.verdict import Verdict, verdict_of
from estates.remotes.answers import Answer
from estates.remotes.errors import Throttled

REFUSALS_BEFORE_ALARM = 3
"""A single 401 may be the remote's own mishap; this many in a row need a person."""
REFUSAL_SPACING = timedelta(seconds=2)
"""Ten pages fetched at once with a bad key are one refusal, not ten."""
WRITE_EVERY = timedelta(seconds=5)


class Recorder:
    """Hears the answers that one key gets and writes what they say on its connection.

    It may be called from any thread but writes only from the one that made it, whose database connection
    somebody looks after. What others heard is written with the next answer on that thread, or by `flush`.
    Answers that change nothing but the time are written once in five seconds.
    """

    def __init__(self, key: ConnectionKey) -> None:
        self._key_id, self._connection_id = key.pk, key.connection_id
        self._owner = threading.get_ident()
        self._lock = threading.Lock()
        self._heard: list[tuple[Verdict, datetime]] = []
        self._written: tuple[Verdict, datetime] | None = None

    def __call__(self, answer: Answer) -> None:
        if isinstance(answer.error, Throttled) and answer.status is None:
            return  # our own rate limit spoke, not the remote
        verdict, at = verdict_of(answer.error), timezone.now()
        with self._lock:
            if self._heard and self._heard[-1][0] == verdict:
                self._heard.pop()
            self._heard.append((verdict, at))
            due = threading.get_ident() == self._owner and not self._is_old_news()
        if due:
            self.flush()

    def flush(self) -> None:
        """Writes what is not written yet. Raises `RuntimeError` inside a transaction: see `note`."""
        with self._lock:
            heard, self._heard = self._heard, []
            self._written = heard[-1] if heard else self._written
        for verdict, at in heard:
            note(self._connection_id, self._key_id, verdict, at)

    def _is_old_news(self) -> bool:
        if self._written is None or len(self._heard) > 1:
            return False
        (verdict, at), (said, then) = self._heard[0], self._written
        return verdict == said and at - then < WRITE_EVERY


def note(connection_id: int, key_id: int, verdict: Verdict, at: datetime) -> None:
    """Keeps one answer, unless the key that got it is no longer in use.

    A transaction of its own (durable: `RuntimeError` inside another one), because the caller's might be
    rolled back and the answer forgotten with it; and who calls a remote inside a transaction holds its locks
    for as long as the remote likes.
    """
    in_use = ConnectionKey.objects.filter(pk=key_id, standing=ConnectionKey.Standing.LIVE)
    rows = Connection.objects.across_agencies().filter(
        pk=connection_id, pk__in=in_use.values("connection_id")
    )
    with transaction.atomic(durable=True):
        _keep(rows, verdict, at)


def begin_afresh(connection: Connection, verdict: Verdict | None) -> None:
    """Forgets what was said of an earlier key and keeps what the check of the new one said, if there was one.

    Belongs into the transaction that puts the key to use.
    """
    rows = Connection.objects.across_agencies().filter(pk=connection.pk)
    rows.update(state=State.UNCHECKED, refusals=0, refused_at=None, last_outcome="", last_answer="")
    if verdict:
        _keep(rows, verdict, timezone.now())
    connection.refresh_from_db()


def _keep(rows: QuerySet[Connection], verdict: Verdict, at: datetime) -> None:
    consequence = CONSEQUENCES.get(verdict.outcome)
    rows.update(
        last_used_at=at,
        last_outcome=verdict.outcome,
        last_answer=verdict.words,
        **(consequence(at) if consequence else {}),
    )
    if verdict.outcome == Outcome.UNAUTHORISED:
        tell_owners(rows, at)


def works(at: datetime) -> dict[str, Any]:
    return {"state": State.WORKING, "refusals": 0, "refused_at": None, "last_success_at": at}


def fails(at: datetime) -> dict[str, Any]:
    """An outage does not make a refused key any better."""
    return {"state": Case(When(state=State.REFUSED, then=Value(State.REFUSED)), default=Value(State.FAILING))}


def refuses(at: datetime) -> dict[str, Any]:
    counts = Q(refused_at=None) | Q(refused_at__lte=at - REFUSAL_SPACING)
    alarm = REFUSALS_BEFORE_ALARM
    last_straw = Q(refusals__gte=alarm) | (counts & Q(refusals__gte=alarm - 1))
    return {
        "state": Case(When(last_straw, then=Value(State.REFUSED)), default=Value(State.FAILING)),
        "refusals": F("refusals") + Case(When(counts, then=Value(1)), default=Value(0)),
        "refused_at": Case(When(counts, then=Value(at)), default=F("refused_at")),
    }


CONSEQUENCES: dict[str, Callable[[datetime], dict[str, Any]]] = {
    Outcome.OK: works,
    Outcome.UNAUTHORISED: refuses,
    Outcome.UNREACHABLE: fails,
    Outcome.MALFORMED: fails,
}
"""A refusal of one request, or a plea for patience, says nothing about the connection as a whole."""
