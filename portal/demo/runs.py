"""What the demo's syncs brought in, as a table."""

import time

from accounts.models import Agency
from estates.catalogue.models import Estate, SyncRun
from estates.jobs.models import OPEN, Job
from portal.demo.people import AGENCIES

COLUMNS = ("agency", "status", "received", "stored", "unreadable", "searchable", "seconds")


def wait_for_syncs(seconds: float = 60) -> bool:
    """Waits until each agency's first sync has ended. False when that takes longer."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        running = Job.objects.across_agencies().filter(status__in=OPEN, kind="catalogue.sync").exists()
        if not running and SyncRun.objects.across_agencies().exclude(finished_at=None).exists():
            return True
        time.sleep(0.2)
    return False


def rows() -> list[tuple[str, ...]]:
    """One row for each agency: how its last sync ended and what came in."""
    table: list[tuple[str, ...]] = []
    for wanted in AGENCIES:
        agency = Agency.objects.get(slug=wanted.slug)
        run = SyncRun.objects.for_agency(agency).order_by("-pk").first()
        if run is None:
            table.append((agency.name, "no sync", "0", "0", "0", "0", "–"))
            continue
        took = f"{(run.finished_at - run.started_at).total_seconds():.1f}" if run.finished_at else "–"
        searchable = Estate.objects.for_agency(agency).filter(gone_at=None).count()
        numbers = (run.received, run.stored, run.rejected, searchable)
        table.append((agency.name, run.status, *map(str, numbers), took))
    return table


def all_is_well() -> bool:
    """Every agency's last sync ended well, and all that it received is searchable or set apart."""
    for wanted in AGENCIES:
        agency = Agency.objects.get(slug=wanted.slug)
        run = SyncRun.objects.for_agency(agency).order_by("-pk").first()
        if run is None or run.status != SyncRun.Status.DONE or not run.received:
            return False
        if Estate.objects.for_agency(agency).filter(gone_at=None).count() != run.received - run.rejected:
            return False
    return True
