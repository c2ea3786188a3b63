"""From rows to nudges: sends what is due to the workers, in fair order, and takes back what dead workers held."""

import logging
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from estates.jobs.models import Job, Status
from estates.jobs.signals import job_failed

logger = logging.getLogger(__name__)

NUDGE_LASTS = timedelta(seconds=10)
"""After so long without a claim a nudge counts as lost and is sent again."""
NUDGES_OUT = 8
"""So few nudges are under way at once that whoever comes next never waits behind a full broker."""
CRASHES = 3

Send = Callable[[int], object]


def relay(send: Send) -> int:
    """Nudges the workers for due jobs through `send(job id)` and returns for how many."""
    now = timezone.now()
    take_back(now)
    nudged = 0
    for job_id in due_in_fair_order(now):
        if Job.objects.across_agencies().filter(~under_way(now), pk=job_id, claim="").update(nudged_at=now):
            try:
                send(job_id)
            except Exception:
                # The row is untouched but for this mark: the next relay tries it again.
                Job.objects.across_agencies().filter(pk=job_id, claim="").update(nudged_at=None)
                raise
            nudged += 1
    return nudged


def due_in_fair_order(now: datetime) -> list[int]:
    """The ids of what to nudge next: one of each agency before the second of any, up to the cap of each."""
    busy = Q(status=Status.RUNNING) | under_way(now)
    jobs = Job.objects.across_agencies().filter(status__in=(Status.QUEUED, Status.WAITING, Status.RUNNING))
    held = Counter(dict(jobs.filter(busy).values_list("agency").annotate(Count("pk")).order_by()))
    room = NUDGES_OUT - jobs.filter(busy).exclude(status=Status.RUNNING).count()
    due = (
        jobs.filter(status__in=(Status.QUEUED, Status.WAITING), not_before__lte=now)
        .exclude(under_way(now))
        .annotate(turn=Window(RowNumber(), partition_by=F("agency"), order_by=("not_before", "pk")))
        .filter(turn__lte=settings.JOB_AGENCY_CAP)
        .values_list("pk", "agency_id", "turn", "not_before")
    )
    rounds = sorted((held[agency] + turn, not_before, pk) for pk, agency, turn, not_before in due)
    within_cap = [pk for place, _, pk in rounds if place <= settings.JOB_AGENCY_CAP]
    return within_cap[: max(0, room)]


def under_way(now: datetime) -> Q:
    """Under way to a worker. A mark of a time to come was made by a clock that was wrong, and counts as none."""
    return Q(nudged_at__isnull=False, nudged_at__range=(now - NUDGE_LASTS, now + NUDGE_LASTS))


def take_back(now: datetime) -> int:
    """Puts the jobs of silent workers back in line; the third crash of the same job ends it."""
    lease = timedelta(seconds=settings.JOB_LEASE_SECONDS)
    held = Job.objects.across_agencies().filter(status=Status.RUNNING)
    # A heartbeat of a time to come says nothing either: a clock was wrong.
    silent = held.exclude(heartbeat_at__range=(now - lease, now + lease))
    taken = 0
    for job in silent:
        crashes = job.crashes + 1
        stopped = crashes >= CRASHES
        end = {"status": Status.FAILED, "finished_at": now, "error_kind": "crashed"}
        fields = end if stopped else {"status": Status.QUEUED}
        with transaction.atomic():
            still = Job.objects.across_agencies().filter(
                pk=job.pk, claim=job.claim, heartbeat_at=job.heartbeat_at
            )
            if still.update(claim="", nudged_at=None, crashes=crashes, attempts=0, **fields):
                job.events.create(event="failed" if stopped else "taken-back")
                if stopped:
                    job_failed.send(Job, job=job)
                logger.warning("job %s (%s) lost its worker, crash %s", job.pk, job.kind, crashes)
                taken += 1
    return taken
