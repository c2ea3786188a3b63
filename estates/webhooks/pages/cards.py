"""What an owner sees of each webhook: what it is told, how it stands, and how the last days went."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import Promise

from accounts.models import Agency, PartnerKey, User
from accounts.partners.keys import living_on
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
    """`days` are those of the picture; `waiting`, `late` and `delivered_at`, the last time, are of all that is kept.

    Of those that wait the late ones wait for their next try; the others are due.
    """

    subscription: Subscription
    standing: Standing
    events: list[str | Promise]
    days: list[Day]
    waiting: int
    late: int
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
    """A card for each, with two queries about all their messages. Today is that of the zone that is active."""
    today = timezone.localdate()
    days = [today - timedelta(days=ago) for ago in reversed(range(DAYS))]
    numbers: dict[int, Counter[tuple[date, str]]] = defaultdict(Counter)
    for pk, day, state, number in _counted(agency, subscriptions, days):
        numbers[pk][day, state] = number
    now_and_last = {pk: found for pk, *found in _now_and_last(agency, subscriptions)}
    working = living_on(agency) if any(each.partner_key_id for each in subscriptions) else ()
    found = [
        Card(
            each,
            standing_of(each, working),
            [event.label for event in EventType if event in each.events],
            _days(days, numbers[each.pk]),
            *now_and_last.get(each.pk, (0, 0, None)),
        )
        for each in subscriptions
    ]
    return sorted(found, key=lambda card: ORDER.index(card.standing.state))


def _counted(
    agency: Agency, subscriptions: Sequence[Subscription], days: Sequence[date]
) -> QuerySet[Delivery, tuple[int, date, str, int]]:
    rows = Delivery.objects.for_agency(agency).filter(
        subscription__in=subscriptions, day__range=(days[0], days[-1])
    )
    return rows.order_by().values_list("subscription", "day", "state").annotate(number=Count("*"))


def _now_and_last(
    agency: Agency, subscriptions: Sequence[Subscription]
) -> QuerySet[Subscription, tuple[int, int, int, datetime | None]]:
    """(its key, how many messages wait, how many of them for their next try, when the last one was taken) of each."""
    rows = Delivery.objects.for_agency(agency).filter(subscription=OuterRef("pk")).order_by()
    waiting = rows.filter(state=Delivery.State.WAITING)
    taken = rows.exclude(delivered_at=None).order_by("-delivered_at").values("delivered_at")
    return (
        Subscription.objects.for_agency(agency)
        .filter(pk__in=[each.pk for each in subscriptions])
        .values_list(
            "pk",
            _number_of(waiting),
            _number_of(waiting.filter(due_at__gt=timezone.now())),
            Subquery(taken[:1]),
        )
    )


def _number_of(rows: QuerySet[Delivery]) -> Coalesce:
    return Coalesce(Subquery(rows.values("subscription").annotate(n=Count("*")).values("n")), 0)


def _days(days: Sequence[date], numbers: Counter[tuple[date, str]]) -> list[Day]:
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
