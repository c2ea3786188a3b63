"""What the page of connections shows of each of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from django.db.models import QuerySet

from accounts.models import Agency
from estates.connections.check import KIND, subject_of
from estates.connections.models import Connection, ConnectionKey, State
from estates.connections.record import REFUSALS_BEFORE_ALARM
from estates.jobs.models import OPEN, Job

URGENCY: dict[str, int] = {State.REFUSED: 0, State.FAILING: 1}
"""What needs a person comes first."""


@dataclass(frozen=True)
class Card:
    """A connection, its keys without their ciphertext, and the check that is under way, if one is."""

    connection: Connection
    live: ConnectionKey | None
    pending: ConnectionKey | None
    job: Job | None
    alarm = REFUSALS_BEFORE_ALARM

    @property
    def urgency(self) -> int:
        return URGENCY.get(self.connection.state, len(URGENCY))

    @classmethod
    def of(cls, connection: Connection, keys: Iterable[ConnectionKey], jobs: dict[str, Job]) -> Self:
        standing = {key.standing: key for key in keys}
        pending = standing.get(ConnectionKey.Standing.PENDING)
        live = standing.get(ConnectionKey.Standing.LIVE)
        found = (jobs.get(subject_of(key)) for key in (pending, live) if key)
        return cls(connection, live, pending, next(filter(None, found), None))


def current_connections(agency: Agency) -> QuerySet[Connection]:
    """The agency's connections that were not removed."""
    return Connection.objects.for_agency(agency).filter(removed_at=None).order_by("system", "label", "pk")


def cards(connections: QuerySet[Connection]) -> list[Card]:
    """One card for each connection of one agency, in three queries; what needs a person first."""
    found = list(connections.select_related("agency"))
    keys = ConnectionKey.objects.filter(connection__in=found).select_related("stored_by").defer("ciphertext")
    by_connection: dict[int, list[ConnectionKey]] = {}
    for key in keys:
        by_connection.setdefault(key.connection_id, []).append(key)
    subjects = [subject_of(key) for key in keys]
    jobs: dict[str, Job] = {}
    if found:
        checks = Job.objects.for_agency(found[0].agency).filter(kind=KIND, subject__in=subjects)
        checks = checks.filter(status__in=OPEN).defer("evidence", "checkpoint")
        jobs = {job.subject: job for job in checks}
    made = [Card.of(connection, by_connection.get(connection.pk, []), jobs) for connection in found]
    return sorted(made, key=lambda card: card.urgency)
