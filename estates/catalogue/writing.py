"""Who merges the batches of a sync: the thread that reads, or two writers beside it."""

import queue
import threading
from collections.abc import Sequence
from typing import Protocol, Self

from django.db import connection as db
from django.db import connections, transaction
from django.db.models import F
from django.utils import timezone

from accounts import scope
from estates.catalogue.merge import Merged, merge
from estates.catalogue.models import SyncRun
from estates.remotes.ts_immo_estates import Estate as RemoteEstate

WRITERS = 2
WRITERS_FROM = 5_000
"""So many estates are worth two more database connections. SQLite lets one write at a time anyway."""

Batch = Sequence[RemoteEstate]


class Writer(Protocol):
    def put(self, batch: Batch) -> None:
        """Merges a batch, now or soon. Raises what went wrong with it or an earlier one."""

    def drain(self) -> Merged:
        """Waits until everything is committed; returns what became of it all since the last time."""


def write(run: SyncRun, batch: Batch) -> Merged:
    """Merges a batch; what it changed is counted on the run in the same transaction, hence exactly once."""
    with transaction.atomic():
        merged = merge(run.connection, batch, timezone.now())
        if merged.stored or merged.changed:
            rows = SyncRun.objects.across_agencies().filter(pk=run.pk)
            rows.update(stored=F("stored") + merged.stored, changed=F("changed") + merged.changed)
    return merged


class DirectWriter:
    """Merges in the calling thread."""

    def __init__(self, run: SyncRun) -> None:
        self._run, self._merged = run, Merged()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        """Nothing is left open."""

    def put(self, batch: Batch) -> None:
        self._merged.add(write(self._run, batch))

    def drain(self) -> Merged:
        merged, self._merged = self._merged, Merged()
        return merged


class ThreadedWriter:
    """Merges in threads, each with a database connection of its own, with few batches waiting."""

    def __init__(self, run: SyncRun) -> None:
        self._run, self._merged, self._error = run, Merged(), None
        self._lock = threading.Lock()
        self._batches: queue.Queue[Batch | None] = queue.Queue(maxsize=WRITERS)
        self._threads = [
            threading.Thread(target=scope.kept(self._work), name=f"writer-{n}") for n in range(WRITERS)
        ]

    _error: BaseException | None

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        for _ in self._threads:
            self._batches.put(None)
        for thread in self._threads:
            thread.join()

    def put(self, batch: Batch) -> None:
        self._batches.put(batch)
        self._raise()

    def drain(self) -> Merged:
        self._batches.join()
        self._raise()
        merged, self._merged = self._merged, Merged()
        return merged

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error

    def _work(self) -> None:
        try:
            while (batch := self._batches.get()) is not None:
                try:
                    if self._error is None:
                        self._add(write(self._run, batch))
                except BaseException as error:
                    self._error = error
                finally:
                    self._batches.task_done()
        finally:
            connections.close_all()

    def _add(self, merged: Merged) -> None:
        with self._lock:
            self._merged.add(merged)


def writer_for(run: SyncRun, expected: int) -> DirectWriter | ThreadedWriter:
    """The writer for about so many estates."""
    many = expected >= WRITERS_FROM and db.vendor == "postgresql"
    return ThreadedWriter(run) if many else DirectWriter(run)
