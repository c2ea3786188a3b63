"""Failures that nothing later mended, gathered where kind and words are the same, and tried again together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from django.db.models import Count, Exists, Max, OuterRef, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from estates.jobs.control import try_again
from estates.jobs.kinds import KINDS
from estates.jobs.models import Job, Status

LOOKED_BACK = timedelta(days=7)
"""What failed before is over: people have helped themselves, and the world has moved on."""
AT_ONCE = 200
"""So many are tried again in one request."""

NOT_TOGETHER = {
    "crashed": _("Each of these killed its worker several times: try them one by one."),
    "wrongenvironment": _("The keys are for the other environment: only other keys help."),
}
"""The kinds of errors that are never tried again all at once, and why."""


@dataclass(frozen=True)
class Group:
    """Jobs of one kind that failed with the same words. `newest` is the latest of them."""

    newest: Job
    number: int
    agencies: int
    last: datetime

    @classmethod
    def alike(cls, job: Job) -> Self | None:
        """The group that a failed job is the newest of; None where nothing of it is left to be mended."""
        found = alike(job).aggregate(
            number=Count("pk"), agencies=Count("agency", distinct=True), last=Max("finished_at")
        )
        return cls(job, **found) if found["number"] else None

    @property
    def obstacle(self) -> str | Promise:
        """Why these are not tried again together; nothing where they may be."""
        if self.newest.kind not in KINDS:
            return _("Nobody does this kind of work any more.")
        return NOT_TOGETHER.get(self.newest.error_kind, "")


def unmended() -> QuerySet[Job]:
    """The failures of the last days, of all agencies, that no later job of the same kind and subject follows."""
    jobs = Job.objects.across_agencies()
    later = jobs.filter(
        agency=OuterRef("agency"), kind=OuterRef("kind"), subject=OuterRef("subject"), pk__gt=OuterRef("pk")
    )
    recent = jobs.filter(status=Status.FAILED, finished_at__gte=timezone.now() - LOOKED_BACK)
    return recent.filter(~Exists(later))


def groups(most: int) -> list[Group]:
    """The groups of failures, the largest first."""
    found = (
        unmended()
        .order_by()
        .values("kind", "error_kind", "error")
        .annotate(
            number=Count("pk"),
            agencies=Count("agency", distinct=True),
            last=Max("finished_at"),
            newest=Max("pk"),
        )
        .order_by("-number", "-last")[:most]
    )
    rows = list(found)
    jobs = Job.objects.across_agencies().select_related("agency").defer("evidence", "checkpoint")
    newest = jobs.in_bulk([row["newest"] for row in rows])
    return [
        Group(newest[row["newest"]], row["number"], row["agencies"], row["last"])
        for row in rows
        if row["newest"] in newest
    ]


def alike(job: Job) -> QuerySet[Job]:
    """The failures of the job's kind and words up to itself: what failed since, nobody has seen yet."""
    return unmended().filter(kind=job.kind, error_kind=job.error_kind, error=job.error, pk__lte=job.pk)


def try_group_again(group: Group, person: User) -> int:
    """Tries up to `AT_ONCE` jobs of the group again, the oldest first; returns how many.

    Each is a deed of its own, in its own agency's trail. Nothing where there is an obstacle.
    """
    if group.obstacle:
        return 0
    jobs = alike(group.newest).select_related("agency").defer("evidence", "checkpoint").order_by("pk")
    return sum(try_again(job, person)[1] for job in list(jobs[:AT_ONCE]))
