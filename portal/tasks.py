from celery import shared_task

from accounts import impersonation
from accounts.scope import across
from portal.api import once


@shared_task(name="portal.forget_idempotent_calls")
@across()
def forget_idempotent_calls() -> None:
    once.forget_old()


@shared_task(name="portal.end_lapsed_impersonations")
@across()
def end_lapsed_impersonations() -> None:
    impersonation.end_lapsed()
