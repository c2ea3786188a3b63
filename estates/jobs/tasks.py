from celery import shared_task

from estates.jobs import pulse
from estates.jobs.relay import relay
from estates.jobs.retention import forget_old_jobs
from estates.jobs.work import work


@shared_task(name="jobs.work")
def work_on(job_id: int) -> None:
    if work(job_id):
        # Whoever just got free asks for what comes next: no wait for the timer while there is work.
        relay(nudge)


@shared_task(name="jobs.relay")
def relay_due() -> None:
    relay(nudge)


@shared_task(name="jobs.pulse")
def feel_pulse() -> None:
    pulse.feel()


@shared_task(name="jobs.forget_old")
def forget_old() -> None:
    forget_old_jobs()


def nudge(job_id: int) -> None:
    work_on.apply_async((job_id,), retry=False)
