"""Mirrors an agency's connections in the foreground, for people and for cron; no worker needed."""

import json
import threading
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.utils import timezone

from accounts.models import Agency
from accounts.scope import across, kept
from estates.catalogue.models import SyncRun
from estates.catalogue.plan import start_sync
from estates.connections.models import Connection, System
from estates.jobs.models import Job, Status
from estates.jobs.work import work

MIRRORED = (System.TS_IMMO,)
PATIENCE = 6 * 3600
"""Seconds that a connection may take, or that another worker may hold its job."""
BAR = 40
COUNTS = ("received", "stored", "changed", "unchanged", "gone", "rejected")


class Command(BaseCommand):
    help = "Mirrors what an agency's connections list now. Exits with 1 when one of them fails."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the agency")
        parser.add_argument("system", nargs="*", help=f"only these systems ({', '.join(MIRRORED)})")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    @across()
    def handle(self, *args: Any, slug: str, system: list[str], **options: Any) -> None:
        agency = Agency.objects.filter(slug=slug).first()
        if agency is None:
            raise CommandError(f"There is no agency {slug}.")
        runs = [self._sync(connection) for connection in self._connections(agency, system)]
        if options["json"]:
            self.stdout.write(json.dumps({"runs": runs}, ensure_ascii=False))
        else:
            for run in runs:
                self.stdout.write(line(run))
        if any(run["status"] == SyncRun.Status.FAILED for run in runs):
            raise CommandError("Not everything could be mirrored.")

    def _connections(self, agency: Agency, systems: list[str]) -> list[Connection]:
        for name in systems:
            if name not in MIRRORED:
                raise CommandError(f"{name} is not a system that is mirrored ({', '.join(MIRRORED)}).")
        wanted = systems or MIRRORED
        found = (
            Connection.objects.for_agency(agency).filter(system__in=wanted, removed_at=None).order_by("pk")
        )
        missing = set(wanted) - {connection.system for connection in found}
        if missing:
            raise CommandError(f"{agency} has no connection to {', '.join(sorted(missing))}.")
        return list(found)

    def _sync(self, connection: Connection) -> dict[str, Any]:
        job = start_sync(connection)
        if self.stderr.isatty():
            with Bar(self, job, str(connection)):
                job = run(job)
        else:
            job = run(job)
        row = SyncRun.objects.for_agency(connection.agency).filter(job=job).order_by("-pk").first()
        return result(connection, job, row)


def run(job: Job) -> Job:
    """Works on a job until it ends or has to wait for another attempt, which the workers then make."""
    Job.objects.across_agencies().filter(pk=job.pk, status=Status.WAITING).update(not_before=timezone.now())
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        if not work(job.pk):
            time.sleep(0.2)
        job.refresh_from_db()
        if job.status not in (Status.QUEUED, Status.RUNNING):
            break
    return job


def result(connection: Connection, job: Job, row: SyncRun | None) -> dict[str, Any]:
    """What one connection's sync gave, under the names of `--json`. What is not done has failed."""
    done = job.status == Status.DONE
    status = row.status if row and done else SyncRun.Status.FAILED
    error = "" if done else job.error or (row.error if row else "") or job.status
    counts = {name: getattr(row, name) if row else 0 for name in COUNTS}
    return {
        "system": connection.system,
        "kind": "catalogue.sync",
        **counts,
        "status": str(status),
        "error": error,
    }


def line(run: dict[str, Any]) -> str:
    counts = ", ".join(f"{run[name]} {name}" for name in COUNTS)
    return f"{run['system']}: {run['status']}; {counts}" + (f"; {run['error']}" if run["error"] else "")


class Bar:
    """Draws a job's progress on a terminal while this process works on it."""

    def __init__(self, command: BaseCommand, job: Job, title: str) -> None:
        self._command, self._job, self._title = command, job, title
        self._over = threading.Event()
        self._thread = threading.Thread(target=kept(self._draw), name="bar")

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *exception: object) -> None:
        self._over.set()
        self._thread.join()

    def _draw(self) -> None:
        try:
            while not self._over.wait(0.5):
                job = Job.objects.across_agencies().get(pk=self._job.pk)
                filled = "#" * (BAR * (job.done or 0) // (job.total or BAR * (job.done or 1)))
                text = f"\r{self._title} [{filled:.<{BAR}}] {job.done or 0}/{job.total or '?'} "
                self._command.stderr.write(text, ending="")
                self._command.stderr.flush()
            self._command.stderr.write("")
        finally:
            connections.close_all()
