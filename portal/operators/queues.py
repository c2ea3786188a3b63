"""How work stands, counted over all agencies when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from estates.jobs.failures import unmended
from estates.jobs.models import OPEN, Job, Pulse, Status
from portal.health.conditions import LONGEST_SILENCE, LONGEST_WAIT, conditions

TROUBLES = {
    "broker": _("Redis does not answer. Work waits in the database until it does."),
    "media": _("The media storage takes no files."),
    "migrations": _("Migrations are to be applied."),
    "timer": _("No sign of the timer has reached a worker lately: nothing is being done."),
    "jobs": _("Work piles up: a job has been due for more than ten minutes."),
}
"""What `/readyz` says is degraded, for people."""


@dataclass(frozen=True)
class Line:
    """An agency's work: how many jobs are where, and since when the one that is due longest waits."""

    agency: Agency
    queued: int
    running: int
    waiting: int
    failed: int
    due_since: datetime | None

    @property
    def is_late(self) -> bool:
        return bool(self.due_since and timezone.now() - self.due_since > timedelta(seconds=LONGEST_WAIT))


@dataclass(frozen=True)
class Workers:
    """Whether workers are reached, when the last one was, and what they hold."""

    last_sign: datetime | None
    is_alive: bool
    held: list[Job]
    silent: set[int]
    """The jobs among `held` whose worker has not been heard of for as long as its hold lasts."""


def lines() -> list[Line]:
    """One line for each agency that has open jobs or failures; who waits longest comes first."""
    now = timezone.now()
    due = Q(status__in=(Status.QUEUED, Status.WAITING), not_before__lte=now)
    jobs = Job.objects.across_agencies().filter(status__in=OPEN).order_by().values_list("agency")
    counted = {
        agency: counts
        for agency, *counts in jobs.annotate(
            queued=Count("pk", filter=Q(status=Status.QUEUED)),
            running=Count("pk", filter=Q(status=Status.RUNNING)),
            waiting=Count("pk", filter=Q(status=Status.WAITING)),
            due_since=Min("not_before", filter=due),
        )
    }
    failed = dict(unmended().order_by().values_list("agency").annotate(Count("pk")))
    found = []
    for agency in Agency.objects.filter(pk__in=counted.keys() | failed.keys()):
        queued, running, waiting, due_since = counted.get(agency.pk, (0, 0, 0, None))
        found.append(Line(agency, queued, running, waiting, failed.get(agency.pk, 0), due_since))
    return sorted(found, key=lambda line: (line.due_since or now, -line.failed, line.agency.name))


def workers(most: int) -> Workers:
    now = timezone.now()
    last = Pulse.objects.values_list("at", flat=True).first()
    held = list(running().order_by("started_at", "pk")[:most])
    lease = timedelta(seconds=settings.JOB_LEASE_SECONDS)
    silent = {job.pk for job in held if job.heartbeat_at is None or now - job.heartbeat_at > lease}
    return Workers(last, bool(last and now - last <= LONGEST_SILENCE), held, silent)


def running() -> QuerySet[Job]:
    jobs = Job.objects.across_agencies().filter(status=Status.RUNNING)
    return jobs.select_related("agency").defer("evidence", "checkpoint")


def troubles() -> list[str | Promise]:
    """What does not work in the house, in sentences."""
    return [TROUBLES[name] for name in conditions()]
