"""What people may do to a job: ask it to stop, or to try again."""

from django.db import transaction
from django.utils import timezone

from accounts.audit import record
from accounts.models import User
from estates.jobs.kinds import KINDS
from estates.jobs.models import OPEN, Job, Status
from estates.jobs.start import start


def cancel(job: Job, person: User) -> bool:
    """Stops a job that has not begun; asks one that runs to stop at its next report. False when it has ended."""
    rows = Job.objects.for_agency(job.agency).filter(pk=job.pk)
    with transaction.atomic():
        waiting = rows.filter(status__in=(Status.QUEUED, Status.WAITING))
        if waiting.update(status=Status.CANCELLED, finished_at=timezone.now()):
            job.events.create(event="cancelled", words=str(person))
        elif not rows.filter(status__in=OPEN, cancel_asked=False).update(cancel_asked=True):
            return False
        record(job.agency, person, "job.cancelled", job.title or str(job), kind=job.kind)
        return True


def try_again(job: Job, person: User) -> tuple[Job, bool]:
    """A job that ended or waits is tried now. Gives the job to look at, and whether this had anything tried.

    One that ended without success gets a fresh row; that is returned, or the one that another try has got already.
    The job itself comes back where there is nothing to try: it runs, is done, or its kind is no more.
    """
    with transaction.atomic():
        rows = Job.objects.for_agency(job.agency).filter(pk=job.pk)
        if rows.filter(status=Status.WAITING).update(not_before=timezone.now(), attempts=0):
            job.events.create(event="asked", words=str(person))
        elif job.kind in KINDS and rows.filter(status__in=(Status.FAILED, Status.CANCELLED)).exists():
            if twin := _open_twin(job):
                return twin, False
            job = start(
                job.agency, job.kind, subject=job.subject, title=job.title, params=job.params, asked_by=person
            )
        else:
            return job, False
        record(job.agency, person, "job.tried_again", job.title or str(job), kind=job.kind)
    return job, True


def _open_twin(job: Job) -> Job | None:
    """The open job of the same kind and subject: there is room for one."""
    twins = Job.objects.for_agency(job.agency).filter(kind=job.kind, subject=job.subject, status__in=OPEN)
    return twins.first() if job.subject else None
