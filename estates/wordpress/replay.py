"""Replay of everything: Ts-Immo sends all estates of an account to all its active sites once more."""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.audit import record
from accounts.models import Agency, User
from estates.connections.clients import client_for
from estates.connections.models import Connection
from estates.connections.replacement import lock
from estates.jobs.latest import latest
from estates.jobs.models import Job, Status
from estates.jobs.run import Run
from estates.jobs.start import start
from estates.remotes.ts_immo import TsImmoClient

KIND = "wordpress.replay_all"


class TooSoon(Exception):
    """The last replay ended within the cool-down: a person has to insist."""


class KeyDeleted(Exception):
    """The account's key was deleted meanwhile."""


def ask_replay_all(connection: Connection, actor: User | None, *, insist: bool = False) -> Job:
    """Starts the replay; while one is in line or under way, that is the one.

    Raises `TooSoon` within the cool-down, unless the person insists, and `KeyDeleted`.
    """
    with transaction.atomic():
        if lock(connection) is None:
            raise KeyDeleted
        last = last_replay(connection)
        if last and last.is_open:
            return last
        if not insist and recent_replay(connection):
            raise TooSoon
        record(connection.agency, actor, "sites.replay_asked", str(connection))
        return start(
            connection.agency,
            KIND,
            subject=subject_of(connection),
            title=str(connection),
            params={"connection": connection.pk},
            asked_by=actor,
        )


def replay_all(run: Run) -> None:
    """The work. After a lost answer it is asked for again: a replay may be repeated."""
    connections = Connection.objects.for_agency(run.agency).filter(removed_at=None).select_related("agency")
    connection = connections.get(pk=run.params["connection"])
    run.report(0, 1, phase="asking")
    with client_for(connection, TsImmoClient) as client:
        client.replay_all()
    with run.step(done=1, total=1):
        record(run.agency, run.job.asked_by, "sites.replayed", str(connection))


def last_replay(connection: Connection) -> Job | None:
    """The newest replay job, however it ended; none when the last one is older than jobs are kept."""
    return _replays(connection).order_by("-pk").first()


def last_replays(agency: Agency, connections: Sequence[Connection]) -> list[Job | None]:
    """The newest replay job of each of an agency's connections."""
    found = latest(agency, [KIND], [subject_of(connection) for connection in connections])
    return [found.get((KIND, subject_of(connection))) for connection in connections]


def recent_replay(connection: Connection) -> Job | None:
    """A replay that ended well within the cool-down."""
    since = timezone.now() - timedelta(minutes=settings.REPLAY_COOLDOWN_MINUTES)
    return _replays(connection).filter(status=Status.DONE, finished_at__gt=since).order_by("-pk").first()


def subject_of(connection: Connection) -> str:
    return f"connection:{connection.pk}"


def _replays(connection: Connection) -> QuerySet[Job]:
    jobs = Job.objects.for_agency(connection.agency).filter(kind=KIND, subject=subject_of(connection))
    return jobs.select_related("asked_by").defer("evidence", "checkpoint")
