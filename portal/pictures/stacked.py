"""Bars that stand on each other, one for each day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.functional import Promise

from accounts.models import Agency

HEIGHT, STEP, BAR = 100, 10, 8
"""Of the picture, of a day and of its bar, in the picture's own units."""


class Series(NamedTuple):
    """A part of every bar: the class that gives it its colour, and what it is called."""

    colour: str
    label: str | Promise


class Block(NamedTuple):
    """A part of a bar, and where it is drawn."""

    series: Series
    number: int
    top: float
    height: float


class Day(NamedTuple):
    """A day's bar: where it stands, its blocks from below, and its numbers in the order of the series."""

    day: date
    left: int
    blocks: list[Block]
    numbers: list[int]

    @property
    def total(self) -> int:
        return sum(self.numbers)


class Picture(NamedTuple):
    series: list[Series]
    days: list[Day]

    @property
    def most(self) -> int:
        return max((day.total for day in self.days), default=0)

    @property
    def total(self) -> int:
        return sum(day.total for day in self.days)

    @property
    def width(self) -> int:
        return len(self.days) * STEP

    @property
    def named(self) -> list[date]:
        """The days that stand below the bars."""
        return [self.days[0].day, self.days[len(self.days) // 2].day, self.days[-1].day]


def days_until_today(agency: Agency, days: int) -> tuple[list[date], datetime]:
    """The last days of the agency's calendar, and the moment at which the first of them begins."""
    zone = ZoneInfo(agency.time_zone)
    today = timezone.localdate(timezone=zone)
    found = [today - timedelta(days=back) for back in reversed(range(days))]
    return found, datetime.combine(found[0], time(), zone)


def stacked(
    days: Sequence[date], series: Mapping[str, Series], numbers: Mapping[tuple[date, str], int]
) -> Picture:
    """The picture of numbers by day and name of a series."""
    rows = [[numbers.get((day, name), 0) for name in series] for day in days]
    most = max((sum(row) for row in rows), default=0) or 1
    parts = list(series.values())
    drawn = [
        Day(day, at * STEP, _blocks(parts, row, most), row)
        for at, (day, row) in enumerate(zip(days, rows, strict=True))
    ]
    return Picture(parts, drawn)


def _blocks(series: list[Series], numbers: list[int], most: int) -> list[Block]:
    blocks, top = [], float(HEIGHT)
    for part, number in zip(series, numbers, strict=True):
        height = round(number / most * HEIGHT, 2)
        top = round(top - height, 2)
        if number:
            blocks.append(Block(part, number, top, height))
    return blocks
