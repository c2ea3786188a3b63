from celery import shared_task

from accounts.scope import across
from estates.jobs import pulse
from estates.jobs.relay import relay
from estates.jobs.retention import forget_old_jobs
from estates.jobs.work import work


@shared_task(name="jobs.work")
@across()
def work_on(job_id: int) -> None:
    if work(job_id):
        # Whoever just got free asks for what comes next: no wait for the timer while there is work.
        relay(nudge)


@shared_task(name="jobs.relay")
@across()
def relay_due() -> None:
    relay(nudge)


@shared_task(name="jobs.pulse")
@across()
def feel_pulse() -> None:
    pulse.feel()


@shared_task(name="jobs.forget_old")
@across()
def forget_old() -> None:
    forget_old_jobs()


def nudge(job_id: int) -> None:
    work_on.apply_async((job_id,), retry=False)
