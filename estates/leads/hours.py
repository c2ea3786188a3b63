"""Working time: how long somebody has waited while the agency was open."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

Span = tuple[time, time]
LOOKED_BACK = timedelta(days=120)
"""How far back waiting time is counted: beyond, the exact figure helps nobody."""
_DAY, _NONE = timedelta(days=1), timedelta()


class _Day(NamedTuple):
    """A day's spans as moments in UTC, whose differences are true also when the clocks change, and their sum."""

    spans: tuple[tuple[datetime, datetime], ...]
    length: timedelta


@dataclass(frozen=True)
class Hours:
    """An agency's open hours: for each day from Monday its spans, and the days on which it is closed all the same.

    `closed` has pairs of first and last day.
    """

    zone: ZoneInfo
    week: tuple[tuple[Span, ...], ...]
    holidays: bool = True
    closed: tuple[tuple[date, date], ...] = ()
    _days: dict[date, _Day] = field(default_factory=dict, init=False, repr=False, compare=False)
    _sums: dict[date, timedelta] = field(default_factory=dict, init=False, repr=False, compare=False)

    def seconds(self, since: datetime, until: datetime) -> int:
        """Open seconds between two moments, of at most the last 120 days; none where `until` is before `since`."""
        since = max(since, until - LOOKED_BACK)
        return max(0, int((self._opened_until(until) - self._opened_until(since)).total_seconds()))

    def moment_before(self, until: datetime, seconds: int) -> datetime:
        """The latest moment from which on, up to `until`, the agency was open for so many seconds.

        Where it never was in 120 days, these 120 days ago.
        """
        left = timedelta(seconds=seconds)
        day = until.astimezone(self.zone).date()
        for back in range(LOOKED_BACK.days + 1):
            for opens, closes in reversed(self._day(day - back * _DAY).spans):
                closes = min(closes, until)
                if closes - opens >= left:
                    return closes - left
                left -= max(timedelta(), closes - opens)
        return until - LOOKED_BACK

    def is_open_on(self, day: date) -> bool:
        if any(first <= day <= last for first, last in self.closed):
            return False
        return bool(self.week[day.weekday()]) and not (self.holidays and day in holidays_of(day.year))

    def _opened_until(self, moment: datetime) -> timedelta:
        """Open time from the beginning of some day, always the same one, up to a moment; negative before that day."""
        day = moment.astimezone(self.zone).date()
        opened = self._opened_before(day)
        for opens, closes in self._day(day).spans:
            if moment > opens:
                opened += min(closes, moment) - opens
        return opened

    def _opened_before(self, day: date) -> timedelta:
        """The same up to the beginning of a day. Each day's sum follows from its neighbour's, and is kept."""
        known = self._sums
        if day in known:
            return known[day]
        if not known:
            known[day] = _NONE
        first = next(iter(known))
        step = _DAY if day > first else -_DAY
        at = day
        while at not in known:
            at -= step
        while at != day:
            length = self._day(at if step == _DAY else at + step).length
            known[at + step] = known[at] + (length if step == _DAY else -length)
            at += step
        return known[day]

    def _day(self, day: date) -> _Day:
        if day not in self._days:
            week = self.week[day.weekday()] if self.is_open_on(day) else ()
            spans = tuple((self._moment(day, opens), self._moment(day, closes)) for opens, closes in week)
            self._days[day] = _Day(spans, sum((closes - opens for opens, closes in spans), timedelta()))
        return self._days[day]

    def _moment(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self.zone).astimezone(UTC)


@cache
def holidays_of(year: int) -> frozenset[date]:
    """The eleven public holidays of France (Code du travail, L3133-1), without Alsace-Moselle's two more."""
    fixed = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
    easter = easter_of(year)
    moving = (easter + timedelta(days=days) for days in (1, 39, 50))
    return frozenset([*(date(year, month, day) for month, day in fixed), *moving])


def easter_of(year: int) -> date:
    """Easter Sunday of the Gregorian calendar, after Meeus, Astronomical Algorithms, chapter 8."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 19 * weekday) // 433
    month = (h + weekday - 7 * m + 90) // 25
    return date(year, month, (h + weekday - 7 * m + 33 * month + 19) % 32)
