"""An address that takes nothing for days: the owners are warned, then it is switched off."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.audit import record
from estates.jobs.start import start
from estates.webhooks.models import Subscription

MAIL = "webhooks.mail"
WARN_AFTER = (timedelta(days=1), timedelta(days=4))
GIVE_UP_AFTER = timedelta(days=5)
GONE = 410
"""By the standard this status says: never again."""


def consider(subscription: Subscription, status: int | None, now: datetime) -> None:
    """After a failure, in its transaction: gives up, warns, or waits on. What waits is kept either way."""
    failing = now - (subscription.failing_since or now)
    if status == GONE or failing >= GIVE_UP_AFTER:
        _disable(subscription, now)
        return
    due = sum(failing >= after for after in WARN_AFTER)
    rows = Subscription.objects.for_agency(subscription.agency).filter(pk=subscription.pk, warnings__lt=due)
    if rows.update(warnings=due):
        _mail(subscription, "warning")


def _disable(subscription: Subscription, now: datetime) -> None:
    rows = Subscription.objects.for_agency(subscription.agency).filter(pk=subscription.pk, disabled_at=None)
    if rows.update(disabled_at=now):
        record(subscription.agency, None, "webhook.disabled", str(subscription))
        _mail(subscription, "disabled")


def _mail(subscription: Subscription, what: str) -> None:
    start(
        subscription.agency,
        MAIL,
        subject=f"subscription:{subscription.pk}:{what}",
        title=str(subscription),
        params={"subscription": subscription.pk, "what": what},
    )
