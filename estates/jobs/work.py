"""Doing a job: claim it, hand it to its kind, settle what came of it."""

import logging
import secrets
import time
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Case, F, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts import scope
from accounts.tracing import in_place_by
from estates.jobs.keeping import kept
from estates.jobs.kinds import KINDS
from estates.jobs.metrics import note_attempt
from estates.jobs.models import Job, Status
from estates.jobs.outcomes import outcome_of, storable
from estates.jobs.run import Cancelled, Continue, LostClaim, Run
from estates.jobs.signals import job_failed
from estates.jobs.tracing import AtWork, traced

logger = logging.getLogger(__name__)


@scope.across()
def claim(job_id: int) -> Job | None:
    """Takes a due job for this worker, or nothing when another one was first or it is not due."""
    token, now = secrets.token_hex(16), timezone.now()
    taken = (
        Job.objects.across_agencies()
        .filter(pk=job_id, status__in=(Status.QUEUED, Status.WAITING), not_before__lte=now)
        .update(
            status=Status.RUNNING,
            claim=token,
            heartbeat_at=now,
            attempts=F("attempts") + 1,
            started_at=Coalesce("started_at", now),
        )
    )
    if not taken:
        return None
    return (
        Job.objects.across_agencies()
        .select_related("agency", "asked_by", "operator")
        .get(pk=job_id, claim=token)
    )


def work(job_id: int) -> bool:
    """Works on a job for one slice. False when there was nothing to claim."""
    job = claim(job_id)
    if job is None:
        return False
    name = job.request_id if job.request_id not in ("", "-") else f"job-{job.pk}"
    at_work = AtWork(job.pk, job.kind)
    with scope.of_agency(job.agency_id), traced(name, job.agency_id, at_work), in_place_by(job.operator):
        try:
            attempt(job)
        except LostClaim:
            logger.warning("job %s was taken back from this worker", job.pk)
    return True


def attempt(job: Job) -> None:
    """One attempt at a claimed job. Raises `LostClaim` when somebody else has it by now."""
    try:
        if job.cancel_asked:
            raise Cancelled
        KINDS[job.kind].handle(Run(job))
    except Continue as pause:
        # A slice that got somewhere is no failed attempt, and its worker is still alive.
        settle(job, Status.QUEUED, not_before=timezone.now() + pause.delay, attempts=0, crashes=0)
    except Cancelled:
        settle(job, Status.CANCELLED, event="cancelled")
    except LostClaim:
        raise
    except Exception as error:
        let_go_of_the_database()
        outcome = kept(job, outcome_of(error, job.attempts))
        if outcome.kind == "internal":
            logger.exception("job %s (%s), attempt %s", job.pk, job.kind, job.attempts)
        settle(
            job,
            outcome.status,
            event="failed" if outcome.status == Status.FAILED else "postponed",
            words=storable(outcome.words),
            not_before=timezone.now() + outcome.delay,
            error=storable(outcome.words),
            error_kind=outcome.kind,
            evidence=outcome.evidence,
        )
    else:
        settle(job, Status.DONE, event="done", error="", error_kind="", evidence=None)


def let_go_of_the_database() -> None:
    """What broke the work may have broken its connection, or left an answer under way on it."""
    if not connection.in_atomic_block:
        connection.close()


def settle(job: Job, status: Status, event: str = "", words: str = "", **fields: Any) -> None:
    """Lets go of a claimed job, with its new status. Raises `LostClaim` when the claim is another worker's."""
    if status in (Status.DONE, Status.FAILED, Status.CANCELLED):
        fields["finished_at"] = timezone.now()
    elif "not_before" in fields:
        # Who asked to stop does not wait for the next try.
        now, then = timezone.now(), Value(fields["not_before"])
        fields["not_before"] = Case(When(cancel_asked=True, then=Value(now)), default=then)
    with transaction.atomic():
        held = Job.objects.across_agencies().filter(pk=job.pk, status=Status.RUNNING, claim=job.claim)
        if not held.update(status=status, claim="", nudged_at=None, **fields):
            raise LostClaim(job.pk)
        if event:
            job.events.create(event=event, words=words)
        if status == Status.FAILED:
            job_failed.send(Job, job=job)
    note_attempt(job.kind, event)
    if event:
        logger.info("job %s (%s), attempt %s: %s", job.pk, job.kind, job.attempts, event)


def run_now(job: Job, patience: timedelta = timedelta(minutes=10)) -> Job:
    """Works on a job in this process, slice after slice, until it ends or `patience` is used up.

    Commands use it; it takes part in the same claims as the workers, so nothing is done twice.
    """
    ends = time.monotonic() + patience.total_seconds()
    while time.monotonic() < ends:
        if not work(job.pk):
            time.sleep(0.2)
        job.refresh_from_db()
        if not job.is_open:
            break
    return job
