"""The leads of the last days by source, and how soon they were answered. The pictures may be a minute old."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from accounts.caching import for_a_minute
from accounts.models import Agency
from estates.connections.models import System
from estates.leads.inbox.office import Clock, clock_of
from estates.leads.inbox.search import Search, count
from estates.leads.models import Lead, State
from portal.pictures.bars import Bar
from portal.pictures.stacked import Picture, Series, days_until_today, stacked

SPANS = (30, 90)
COLOURS = 4
HOUR = 3600
WITHIN = {
    1 * HOUR: _("within an hour"),
    4 * HOUR: _("within four hours"),
    8 * HOUR: _("within eight hours"),
    24 * HOUR: _("within 24 hours"),
}
"""Seconds during which the agency was open, and what they are called."""


class Answers(NamedTuple):
    """How soon leads were answered: bars, how many of the answered ones within the target, and that, in seconds."""

    bars: list[Bar]
    answered: int
    in_time: int
    target: int


def span_of(asked: str) -> int:
    """The number of days that a page asks for."""
    return int(asked) if asked in map(str, SPANS) else SPANS[0]


def leads_of(agency: Agency, days: int) -> dict[str, Any]:
    picture = by_day(agency, days)
    return {
        "picture": picture,
        "answers": answers_of(agency, days) if picture.total else None,
        "waiting": count(agency, [Search()])[0],
        "days": days,
        "spans": SPANS,
    }


def by_day(agency: Agency, days: int) -> Picture:
    """How many leads came on each of the last days of the agency's calendar, by their source."""
    dates, since = days_until_today(agency, days)
    counted = for_a_minute(agency, f"pictures:leads:{days}", lambda: _by_day(agency, since))
    # A source may be ahead of our clock.
    found = {(day, source): number for (day, source), number in counted.items() if day <= dates[-1]}
    words = dict(System.choices)
    sources = sorted({source for _day, source in found})
    series = {
        source: Series(f"{place % COLOURS}", words.get(source, source))
        for place, source in enumerate(sources)
    }
    return stacked(dates, series, found)


def _by_day(agency: Agency, since: datetime) -> dict[tuple[date, str], int]:
    rows = _since(agency, since).annotate(day=TruncDate("happened_at", tzinfo=ZoneInfo(agency.time_zone)))
    counted = rows.values_list("day", "source").annotate(number=Count("pk")).order_by()
    return {(day, source): number for day, source, number in counted}


def answers_of(agency: Agency, days: int) -> Answers:
    """How long the leads of the last days waited for an answer while the agency was open, as the inbox counts it."""
    _dates, since = days_until_today(agency, days)
    clock = clock_of(agency)
    key = f"pictures:answers:{days}:{clock.target}"
    numbers, in_time = for_a_minute(agency, key, lambda: _answered(agency, since, clock))
    most = max(numbers) or 1
    labels = [*WITHIN.values(), _("later"), _("not yet")]
    bars = [Bar(label, number, most) for label, number in zip(labels, numbers, strict=True)]
    return Answers(bars, sum(numbers[:-1]), in_time, clock.target)


def _answered(agency: Agency, since: datetime, clock: Clock) -> tuple[list[int], int]:
    """How many waited up to each limit, longer, and still; and how many were answered within the target."""
    rows = _since(agency, since)
    moments = rows.filter(answered_at__isnull=False).values_list("happened_at", "answered_at")
    waited = [clock.hours.seconds(came, answered) for came, answered in moments.iterator() if answered]
    limits = list(WITHIN)
    reached = Counter(bisect_left(limits, seconds) for seconds in waited)
    waiting = rows.filter(answered_at=None, state=State.NEW).count()
    numbers = [*(reached[place] for place in range(len(limits) + 1)), waiting]
    return numbers, sum(seconds <= clock.target for seconds in waited)


def _since(agency: Agency, since: datetime) -> QuerySet[Lead]:
    rows: QuerySet[Lead] = Lead.objects.for_agency(agency).filter(erased_at=None, happened_at__gte=since)
    return rows
