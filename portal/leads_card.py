"""The leads on an agency's first page: how many wait, and how many came on each of the last days."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone

from accounts.models import Agency
from estates.catalogue.search import Total
from estates.connections.models import System
from estates.leads.inbox.search import Search, count
from estates.leads.models import Lead

DAYS = 14
HEIGHT, WIDTH, GAP = 120, 24, 6
"""Of the picture's bars, in its own units."""


class Block(NamedTuple):
    """A part of a bar: which source's, how many leads, and where it is drawn."""

    series: int
    number: int
    top: float
    height: float


class Day(NamedTuple):
    """A day of the picture: its blocks from below, where it stands, and its leads in the order of the sources."""

    day: date
    left: int
    blocks: list[Block]
    numbers: list[int]

    @property
    def total(self) -> int:
        return sum(self.numbers)

    @property
    def middle(self) -> int:
        return self.left + WIDTH // 2


def leads_of(agency: Agency) -> dict[str, Any]:
    numbers = numbers_by_day(agency)
    sources = sorted({source for found in numbers.values() for source in found})
    most = max((sum(found.values()) for found in numbers.values()), default=0)
    days = [
        _day(at, day, [found.get(source, 0) for source in sources], most)
        for at, (day, found) in enumerate(numbers.items())
    ]
    waiting: Total = count(agency, Search())
    words = dict(System.choices)
    return {
        "waiting": waiting,
        "days": days,
        "most": most,
        "sources": [words.get(source, source) for source in sources],
        "all": sum(day.total for day in days),
        "width": DAYS * (WIDTH + GAP),
    }


def numbers_by_day(agency: Agency) -> dict[date, dict[str, int]]:
    """How many leads came on each of the last fourteen days of the agency's calendar, by their source."""
    zone = ZoneInfo(agency.time_zone)
    today = timezone.localdate(timezone=zone)
    found: dict[date, dict[str, int]] = {today - timedelta(days=back): {} for back in reversed(range(DAYS))}
    rows = Lead.objects.for_agency(agency).filter(
        erased_at=None, happened_at__gte=datetime.combine(min(found), time(), zone)
    )
    by_day = rows.annotate(day=TruncDate("happened_at", tzinfo=zone)).values_list("day", "source")
    for day, source, number in by_day.annotate(number=Count("pk")).order_by():
        # A source may be ahead of our clock.
        if day in found:
            found[day][source] = number
    return found


def _day(at: int, day: date, numbers: list[int], most: int) -> Day:
    blocks, top = [], float(HEIGHT)
    for series, number in enumerate(numbers):
        height = round(number / most * HEIGHT, 1) if most else 0.0
        top = round(top - height, 1)
        if number:
            blocks.append(Block(series % 4, number, top, height))
    return Day(day, at * (WIDTH + GAP), blocks, numbers)
