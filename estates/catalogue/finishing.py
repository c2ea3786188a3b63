"""How a sync ends: what is missing is marked or asked about, and the run says what came of it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice

from django.utils import timezone

from estates.catalogue.history import gone
from estates.catalogue.merge import Held
from estates.catalogue.models import Estate, EstateChange, RejectedEstate, SyncRun
from estates.catalogue.sightings import Sightings
from estates.connections.models import Connection
from estates.jobs.run import Run
from estates.remotes.errors import RemoteError
from estates.webhooks.kinds import EventType
from estates.webhooks.tell import tell

MISSES = 2
"""So many whole syncs in a row must not list an estate before it counts as gone."""
ASK_FROM = 10
ASK_SHARE = 10
"""Of at least ten estates present, no more than one in ten goes without a person's word."""
CHUNK = 1_000

Status = SyncRun.Status


def finish(run: Run, row: SyncRun, sightings: Sightings, held: Mapping[str, Held]) -> None:
    """Settles a run whose reading has ended. An empty or incomplete list says nothing of what is gone."""
    with run.step(done=len(sightings.seen), phase="checking"):
        row.refresh_from_db(fields=["stored", "changed"])
        row.received = len(sightings.seen)
        row.unchanged = max(0, row.received - row.rejected - row.stored - row.changed)
        if not row.received:
            row.status = Status.EMPTY
        elif not sightings.whole:
            row.status = Status.PARTIAL
        else:
            row.status = note_missing(row, sightings, held)
            overtake(row)
        row.finished_at, row.seen = timezone.now(), None
        row.save()
        if row.status != Status.EMPTY:
            old = RejectedEstate.objects.for_agency(run.agency).filter(connection=row.connection)
            old.exclude(run=row).delete()


def note_missing(row: SyncRun, sightings: Sightings, held: Mapping[str, Held]) -> Status:
    """Counts a miss of every estate that is no longer listed, and marks as gone what was missed before."""
    present = sum(not estate.gone for estate in held.values())
    missing = [held[name] for name in sightings.missing(held) if not held[name].gone]
    first = [estate.pk for estate in missing if estate.quiet]
    again = [estate.pk for estate in missing if not estate.quiet]
    count_misses(first, 1)
    count_misses(again, MISSES)
    if present >= ASK_FROM and len(again) * ASK_SHARE > present:
        row.would_go = len(again)
        return Status.ASKING
    row.gone = mark_gone(row.connection, again, timezone.now())
    return Status.DONE


def count_misses(ids: Sequence[int], missed: int) -> None:
    for chunk in chunks(ids):
        Estate.objects.across_agencies().filter(pk__in=chunk, missed__lt=missed).update(missed=missed)


def mark_gone(connection: Connection, ids: Sequence[int], now: datetime) -> int:
    """Marks estates as gone and notes it in their history; returns how many were present until now."""
    marked = 0
    for chunk in chunks(ids):
        rows = Estate.objects.across_agencies().filter(pk__in=chunk, connection=connection, gone_at=None)
        going = dict(rows.select_for_update().order_by("pk").values_list("pk", "remote_id"))
        rows.filter(pk__in=going).update(gone_at=now, changed_at=now)
        tell(connection.agency_id, EventType.ESTATE_GONE, going.values(), now)
        lines = [gone(connection.agency_id, pk, now) for pk in going]
        EstateChange.objects.across_agencies().bulk_create(lines)
        marked += len(going)
    return marked


def overtake(row: SyncRun) -> None:
    """A newer whole sync has asked again, or has nothing to ask: earlier questions are moot."""
    earlier = SyncRun.objects.across_agencies().filter(connection=row.connection, status=Status.ASKING)
    earlier.exclude(pk=row.pk).update(status=Status.OVERTAKEN)


def end(row: SyncRun, status: SyncRun.Status, error: str = "") -> None:
    """Closes a run that did not get to its end. What it merged stays; it marks nothing as gone."""
    running = SyncRun.objects.across_agencies().filter(pk=row.pk, status=Status.RUNNING)
    running.update(status=status, error=error, finished_at=timezone.now())


def fail(row: SyncRun, error: Exception) -> None:
    """Closes a run with the remote's own words; a later attempt of its job takes it up again."""
    words = (error.words or error.message) if isinstance(error, RemoteError) else type(error).__name__
    end(row, Status.FAILED, words)


def chunks(ids: Sequence[int]) -> Iterator[list[int]]:
    rest = iter(ids)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk
