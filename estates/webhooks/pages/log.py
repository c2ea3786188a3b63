"""What was sent: the list of messages, one of them with all its tries, and whether one has arrived."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from accounts.models import Agency
from estates.webhooks.kinds import TEST
from estates.webhooks.models import Attempt, Delivery, Subscription
from estates.webhooks.pages.standing import Standing, standing_of
from estates.webhooks.words import event_label, status_line, verdict

PAGE = 30


@dataclass(frozen=True)
class Row:
    delivery: Delivery

    @property
    def label(self) -> str | Promise:
        return event_label(self.delivery.event.type)

    @property
    def is_test(self) -> bool:
        return self.delivery.event.type == TEST

    @property
    def is_due(self) -> bool:
        return self.delivery.due_at <= timezone.now()


@dataclass(frozen=True)
class Try:
    """One attempt in words: `answer` is its status as the web writes it, empty where there was none."""

    attempt: Attempt

    @property
    def answer(self) -> str:
        return "" if self.attempt.status is None else status_line(self.attempt.status)

    @property
    def verdict(self) -> str | Promise:
        return verdict(self.attempt)


@dataclass(frozen=True)
class Arrival(Row):
    """Whether a message has arrived, and `last`, what came of the latest try of this round."""

    standing: Standing
    last: Try | None

    @property
    def is_open(self) -> bool:
        """A worker is about to send it, so that waiting for it is worth the while."""
        return self.is_untried and self.standing.is_sending

    @property
    def is_untried(self) -> bool:
        return self.delivery.state == Delivery.State.WAITING and not self.delivery.tries


def deliveries_of(agency: Agency) -> QuerySet[Delivery]:
    rows = Delivery.objects.for_agency(agency)
    return rows.select_related("event", "subscription__agency", "subscription__partner_key__agency")


def log_of(
    subscription: Subscription, asked: dict[str, Any], before: int | None
) -> tuple[list[Row], int | None]:
    """A page of messages, the newest first, and the id to go on before; None at the end."""
    rows = Delivery.objects.for_agency(subscription.agency).filter(subscription=subscription, **asked)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.select_related("event").defer("body").order_by("-pk")[: PAGE + 1])
    return [Row(each) for each in found[:PAGE]], found[PAGE - 1].pk if len(found) > PAGE else None


def arrival_of(delivery: Delivery) -> Arrival:
    last = delivery.attempts.first() if delivery.tries else None
    return Arrival(delivery, standing_of(delivery.subscription), Try(last) if last else None)


def tries_of(delivery: Delivery) -> list[Try]:
    """All that are kept, those of earlier rounds too; the latest first."""
    return [Try(attempt) for attempt in delivery.attempts.all()]


def body_of(delivery: Delivery) -> str:
    """What was sent last, laid out for reading."""
    try:
        return json.dumps(json.loads(delivery.body), ensure_ascii=False, indent=2)
    except ValueError:
        return delivery.body
