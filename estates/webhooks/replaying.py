"""Sending once more: one message, those of a while, or one that only tries the address."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.audit import record
from accounts.models import PartnerKey, User
from estates.webhooks.kinds import TEST
from estates.webhooks.models import Delivery, Event, Subscription

State = Delivery.State


def replay(delivery: Delivery, actor: User | None, key: PartnerKey | None = None) -> bool:
    """Puts a message back in line, with all its tries. False where it waits already."""
    subscription = delivery.subscription
    with transaction.atomic():
        rows = Delivery.objects.for_agency(delivery.agency).filter(pk=delivery.pk)
        if not _again(rows):
            return False
        _note(subscription, actor, key, "webhook.replayed", messages=1)
    return True


def replay_window(
    subscription: Subscription,
    since: datetime,
    until: datetime,
    actor: User | None,
    key: PartnerKey | None = None,
    *,
    failed_only: bool = True,
) -> int:
    """Puts the messages about what happened between two moments back in line; returns how many."""
    with transaction.atomic():
        number = _again(in_window(subscription, since, until, failed_only=failed_only))
        if number:
            _note(subscription, actor, key, "webhook.replayed", messages=number, window=[since, until])
    return number


def in_window(
    subscription: Subscription, since: datetime, until: datetime, *, failed_only: bool
) -> QuerySet[Delivery]:
    """The messages about what happened between two moments that do not wait already."""
    rows = Delivery.objects.for_agency(subscription.agency).filter(
        subscription=subscription, event__at__gte=since, event__at__lte=until
    )
    return rows.filter(state=State.FAILED) if failed_only else rows.exclude(state=State.WAITING)


def send_test(subscription: Subscription, actor: User | None, key: PartnerKey | None = None) -> Delivery:
    """A message of the type `webhook.test`, to see whether the address takes it."""
    now = timezone.now()
    with transaction.atomic():
        event = Event.objects.create(
            agency=subscription.agency, type=TEST, subject=subscription.public_id, at=now
        )
        _note(subscription, actor, key, "webhook.tested")
        return Delivery.objects.create(
            agency=subscription.agency, subscription=subscription, event=event, due_at=now
        )


def _again(rows: QuerySet[Delivery]) -> int:
    return rows.exclude(state=State.WAITING).update(
        state=State.WAITING, tries=0, due_at=timezone.now(), delivered_at=None
    )


def _note(
    subscription: Subscription, actor: User | None, key: PartnerKey | None, action: str, **detail: Any
) -> None:
    asked = {"key": str(key)} if key else {}
    record(subscription.agency, actor, action, subscription.url, **detail, **asked)
