"""What an owner sees of each webhook: what it is told, how it stands, and how the last days went."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Max, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.functional import Promise

from accounts.models import Agency, PartnerKey, User
from estates.webhooks.kinds import EventType
from estates.webhooks.models import Delivery, Subscription
from estates.webhooks.pages.standing import Standing, State, standing_of

DAYS = 14
HEIGHT = 36
FROM_THE_GROUND = (Delivery.State.DELIVERED, Delivery.State.WAITING, Delivery.State.FAILED)
"""The parts of a day's bar."""
ORDER = (State.SWITCHED_OFF, State.FAILING, State.KEYLESS, State.ACTIVE, State.PAUSED)
"""What needs somebody comes first."""


@dataclass(frozen=True)
class Part:
    """The messages of one day and state; `top` and `tall` are its place in a picture that is `HEIGHT` tall."""

    state: str
    number: int
    top: int
    tall: int


@dataclass(frozen=True)
class Day:
    day: date
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Card:
    """`days` are those of the picture; `waiting` and `delivered_at`, the last time, are of all that is kept."""

    subscription: Subscription
    standing: Standing
    events: list[str | Promise]
    days: list[Day]
    waiting: int
    delivered_at: datetime | None

    @property
    def made_by(self) -> PartnerKey | User | None:
        return self.subscription.partner_key or self.subscription.created_by

    @property
    def totals(self) -> list[tuple[str, int]]:
        """The messages in the picture, by state."""
        return [
            (state, sum(part.number for day in self.days for part in day.parts if part.state == state))
            for state in FROM_THE_GROUND
        ]

    @property
    def messages(self) -> int:
        return sum(number for _state, number in self.totals)


def subscriptions_of(agency: Agency) -> QuerySet[Subscription]:
    rows = Subscription.objects.for_agency(agency).order_by("-pk")
    return rows.select_related("agency", "partner_key__agency", "created_by")


def cards(agency: Agency, subscriptions: Sequence[Subscription]) -> list[Card]:
    """A card for each, with one query about all their messages. Times are in the zone that is active."""
    numbers: dict[int, Counter[tuple[date, str]]] = defaultdict(Counter)
    delivered: dict[int, list[datetime]] = defaultdict(list)
    for pk, day, state, number, last in _counted(agency, subscriptions):
        numbers[pk][day, state] += number
        delivered[pk] += [last] if last else []
    found = [_card(each, numbers[each.pk], max(delivered[each.pk], default=None)) for each in subscriptions]
    return sorted(found, key=lambda card: ORDER.index(card.standing.state))


def _counted(
    agency: Agency, subscriptions: Sequence[Subscription]
) -> QuerySet[Delivery, tuple[int, date, str, int, datetime | None]]:
    rows = Delivery.objects.for_agency(agency).filter(subscription__in=subscriptions).order_by()
    days = rows.annotate(day=TruncDate("event__at")).values_list("subscription", "day", "state")
    return days.annotate(number=Count("pk"), last=Max("delivered_at"))


def _card(
    subscription: Subscription, numbers: Counter[tuple[date, str]], delivered_at: datetime | None
) -> Card:
    return Card(
        subscription,
        standing_of(subscription),
        [event.label for event in EventType if event in subscription.events],
        _days(numbers),
        sum(number for (_day, state), number in numbers.items() if state == Delivery.State.WAITING),
        delivered_at,
    )


def _days(numbers: Counter[tuple[date, str]]) -> list[Day]:
    today = timezone.localdate()
    days = [today - timedelta(days=ago) for ago in reversed(range(DAYS))]
    most = max(sum(numbers[day, state] for state in FROM_THE_GROUND) for day in days) or 1
    return [Day(day, _parts([numbers[day, state] for state in FROM_THE_GROUND], most)) for day in days]


def _parts(numbers: list[int], most: int) -> tuple[Part, ...]:
    """One upon the other. Heights are rounded up: a single failure among thousands shows."""
    room, height, parts = HEIGHT - len(numbers), 0, []
    for state, number in zip(FROM_THE_GROUND, numbers, strict=True):
        tall = math.ceil(room * number / most)
        height += tall
        parts.append(Part(state, number, HEIGHT - height, tall))
    return tuple(parts)
