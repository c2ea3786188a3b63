"""Mirroring a connection: what it lists is read, what differs is merged, and what is missing is noted."""

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from estates.catalogue.finishing import end, fail, finish
from estates.catalogue.merge import Held, differences, held_by
from estates.catalogue.models import RejectedEstate, SyncRun
from estates.catalogue.reading import Search, pages
from estates.catalogue.sightings import Sightings
from estates.catalogue.writing import Batch, Writer, writer_for
from estates.connections.clients import client_for
from estates.connections.models import Connection
from estates.jobs.run import Cancelled, Continue, LostClaim, Run
from estates.remotes.ts_immo import TsImmoClient
from estates.remotes.ts_immo_estates import Estate as RemoteEstate

BATCH = 1_000
PASSES = 3
REJECTS_KEPT = 500
"""Unreadable items of one sync that are kept whole; the others are only counted."""
RESUME_WITHIN = timedelta(hours=1)
"""What was seen longer ago says nothing about what the remote lists now."""

Status = SyncRun.Status
SETTLED = (Status.DONE, Status.PARTIAL, Status.EMPTY, Status.ASKING, Status.OVERTAKEN)
Rejects = list[tuple[str, bytes]]


def sync(run: Run) -> None:
    """Handles a `catalogue.sync` job, whose params name the `connection`. A SyncRun says what came of it.

    A connection that was removed meanwhile ends the job as cancelled. RemoteErrors rise once they are noted.
    """
    live = Connection.objects.for_agency(run.agency).filter(removed_at=None)
    connection = live.filter(pk=run.params["connection"]).first()
    if connection is None:
        raise Cancelled
    row = begin(run, connection)
    if row is None:
        return
    try:
        with client_for(connection, TsImmoClient, pool_size=settings.CATALOGUE_FETCHES) as client:
            mirror(run, row, client)
    except (Continue, LostClaim):
        raise
    except Cancelled:
        end(row, Status.STOPPED)
        raise
    except Exception as error:
        with run.step():  # whoever lost the job must not close the run of the one that has it
            fail(row, error)
        raise


def begin(run: Run, connection: Connection) -> SyncRun | None:
    """The row of a job's earlier slice or attempt, else a new one; None when an attempt has settled it.

    Nobody else syncs the connection now: of its jobs one is open.
    """
    rows: QuerySet[SyncRun] = SyncRun.objects.for_agency(run.agency).filter(connection=connection)
    recent = timezone.now() - RESUME_WITHIN
    with run.step():
        if rows.filter(job=run.job, status__in=SETTLED).exists():
            return None
        mine = rows.filter(job=run.job, status__in=(Status.RUNNING, Status.FAILED), started_at__gte=recent)
        row = mine.order_by("-pk").first()
        left = rows.filter(status=Status.RUNNING).exclude(pk=row.pk if row else 0)
        left.update(status=Status.STOPPED, finished_at=timezone.now(), seen=None)
        if row is None:
            row = SyncRun.objects.create(agency=run.agency, connection=connection, job=run.job)
        elif row.status == Status.FAILED:
            row.status, row.error, row.finished_at = Status.RUNNING, "", None
            row.save(update_fields=["status", "error", "finished_at"])
    row.connection = connection
    return row


def mirror(run: Run, row: SyncRun, client: Search) -> None:
    """Reads on from where `row` stands until the list is known; then settles it. May raise Continue."""
    sightings, held = Sightings(row), held_by(row.connection)
    while True:
        read_pass(run, row, client, sightings, held)
        settled = sightings.whole and not row.drifted
        if settled or row.reading == PASSES or sightings.repeats_itself:
            break
        with run.step():
            sightings.read_again()
            save(row, sightings, [])
    run.report(phase="checking")
    finish(run, row, sightings, held)


def read_pass(run: Run, row: SyncRun, client: Search, sightings: Sightings, held: Mapping[str, Held]) -> None:
    """One walk over the pages from `row.page` on, merging on the way; ends with everything committed."""
    batch: list[RemoteEstate] = []
    rejects: Rejects = []
    reading = pages(client, row.page, settings.CATALOGUE_FETCHES)
    page = next(reading)
    with writer_for(row, page.total or 0) as writer, no_collector():
        while True:
            estates, unreadable = sightings.take(page)
            batch += differences(estates, held)
            rejects += [(item.reason, item.raw) for item in unreadable]
            if len(batch) >= BATCH:
                writer.put(batch)
                batch = []
            run.report(len(sightings.seen), row.total, phase="reading")
            last = page.is_last or sightings.repeats_itself
            if last or run.out_of_time:
                break
            page = next(reading)
        reading.close()
        commit(run, row, writer, batch, rejects)
    with run.step(done=len(sightings.seen), total=row.total):
        row.page = page.page + 1
        save(row, sightings, rejects)
    if not last:
        raise Continue


@contextmanager
def no_collector() -> Iterator[None]:
    """Pages are many small objects without cycles: the collector takes a sixth of the time for nothing."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def commit(run: Run, row: SyncRun, writer: Writer, batch: Batch, rejects: Rejects) -> None:
    """Waits for all that was put into the writer; what the database refused joins the rejects."""
    if batch:
        run.report(phase="merging")
        writer.put(batch)
    rejects += [(reason, estate.raw) for estate, reason in writer.drain().rejected]


def save(row: SyncRun, sightings: Sightings, rejects: Rejects) -> None:
    """Keeps where the reading stands, and what could not be read, inside the caller's transaction."""
    row.seen, row.received = sightings.packed(), len(sightings.seen)
    kept = max(0, REJECTS_KEPT - row.rejected)
    row.rejected += len(rejects)
    row.save(update_fields=["page", "reading", "entries", "drifted", "total", "seen", "received", "rejected"])
    RejectedEstate.objects.across_agencies().bulk_create(
        RejectedEstate(
            agency_id=row.agency_id,
            connection_id=row.connection_id,
            run=row,
            reason=reason[:300].replace("\0", ""),
            body=raw.decode("utf-8", "replace").replace("\0", ""),
        )
        for reason, raw in rejects[:kept]
    )
