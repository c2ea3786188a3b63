"""Sending at once: a message again or before its time, those of a while, or one that only tries the address."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.audit import record
from accounts.models import PartnerKey, User
from estates.webhooks.kinds import TEST
from estates.webhooks.models import Delivery, Event, Subscription
from estates.webhooks.subscribing import touch

State = Delivery.State


def replay(delivery: Delivery, actor: User | None, key: PartnerKey | None = None) -> bool:
    """Puts a message at the head of the line, with all its tries. False where it is due already."""
    rows = Delivery.objects.for_agency(delivery.agency).filter(pk=delivery.pk)
    return bool(_at_once(delivery.subscription, rows, actor, key))


def send_waiting(subscription: Subscription, actor: User | None) -> int:
    """Makes everything due that waits for its next try; returns how many messages that are."""
    rows = Delivery.objects.for_agency(subscription.agency).filter(subscription=subscription)
    return _at_once(subscription, rows.filter(state=State.WAITING), actor, None)


def replay_window(
    subscription: Subscription,
    since: datetime,
    until: datetime,
    actor: User | None,
    key: PartnerKey | None = None,
    *,
    failed_only: bool = True,
) -> int:
    """Sends the messages about what happened between two moments; returns how many."""
    rows = in_window(subscription, since, until, failed_only=failed_only)
    return _at_once(subscription, rows, actor, key, window=[since, until])


def in_window(
    subscription: Subscription, since: datetime, until: datetime, *, failed_only: bool
) -> QuerySet[Delivery]:
    """The messages about what happened between two moments that are not due already.

    With `failed_only` those that have not arrived: given up, or waiting for another try.
    """
    rows = Delivery.objects.for_agency(subscription.agency).exclude(_due())
    rows = rows.filter(subscription=subscription, event__at__gte=since, event__at__lte=until)
    return rows.exclude(state=State.DELIVERED) if failed_only else rows


def send_test(subscription: Subscription, actor: User | None, key: PartnerKey | None = None) -> Delivery:
    """A message of the type `webhook.test`, to see whether the address takes it."""
    now = timezone.now()
    with transaction.atomic():
        touch(subscription, rests_until=None)
        event = Event.objects.create(
            agency=subscription.agency, type=TEST, subject=subscription.public_id, at=now
        )
        _note(subscription, actor, key, "webhook.tested")
        return Delivery.objects.create(
            agency=subscription.agency,
            subscription=subscription,
            event=event,
            due_at=now,
            day=subscription.day_of(now),
        )


def _at_once(
    subscription: Subscription,
    rows: QuerySet[Delivery],
    actor: User | None,
    key: PartnerKey | None,
    **detail: Any,
) -> int:
    """Whoever asks knows that the address is well again: it need not rest either."""
    with transaction.atomic():
        touch(subscription, rests_until=None)
        fresh = {"state": State.WAITING, "tries": 0, "due_at": timezone.now(), "delivered_at": None}
        number = rows.exclude(_due()).update(**fresh)
        if number:
            _note(subscription, actor, key, "webhook.replayed", messages=number, **detail)
    return number


def _due() -> Q:
    return Q(state=State.WAITING, due_at__lte=timezone.now())


def _note(
    subscription: Subscription, actor: User | None, key: PartnerKey | None, action: str, **detail: Any
) -> None:
    asked = {"key": str(key)} if key else {}
    record(subscription.agency, actor, action, str(subscription), **detail, **asked)
