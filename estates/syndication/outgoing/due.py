"""Which zips are to be built anew, and putting that in line."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from estates.jobs.models import Job
from estates.jobs.start import start
from estates.syndication.models import Outlet
from estates.syndication.outgoing.selection import BadQuery, Snapshot, selection_of, snapshot

KIND = "syndication.build"
AGAIN_AFTER = timedelta(hours=1)


def start_build(outlet: Outlet, actor: User | None = None) -> Job:
    """Puts a build in line; where one is in line or under way, that is the one."""
    return start(
        outlet.agency,
        KIND,
        subject=subject_of(outlet),
        title=outlet.name,
        params={"outlet": outlet.pk},
        asked_by=actor,
    )


def start_due_builds() -> None:
    """The timer's work: zips whose estates have changed are built anew, each at most once an hour."""
    zips = Outlet.objects.across_agencies().filter(format=Outlet.Format.OPENIMMO_ZIP)
    for outlet in zips.select_related("agency").order_by("pk"):
        if not tried_lately(outlet) and is_due(outlet):
            start_build(outlet)


def is_due(outlet: Outlet) -> bool:
    """Whether the zip would be another one than what was built. Nothing is no reason to build."""
    try:
        now = seen_now(outlet)
    except BadQuery:
        return False
    return now.listings > 0 and now.digest != outlet.built_digest


def seen_now(outlet: Outlet) -> Snapshot:
    """What the outlet would give at this moment. Raises `BadQuery`."""
    return snapshot(selection_of(outlet.agency, outlet.query), outlet.format, outlet.encoding)


def tried_lately(outlet: Outlet) -> bool:
    """Whether a build began within the last hour, however it went."""
    since = timezone.now() - AGAIN_AFTER
    return jobs_of(outlet).filter(created_at__gt=since).exists()


def jobs_of(outlet: Outlet) -> QuerySet[Job]:
    return Job.objects.for_agency(outlet.agency).filter(kind=KIND, subject=subject_of(outlet))


def subject_of(outlet: Outlet) -> str:
    return f"outlet:{outlet.pk}"
