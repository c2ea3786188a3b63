from celery import shared_task

from portal.api import once


@shared_task(name="portal.forget_idempotent_calls")
def forget_idempotent_calls() -> None:
    once.forget_old()
