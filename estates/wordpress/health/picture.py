"""A site's last days as a picture: a bar for each hour, and the table behind it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.utils import timezone

from accounts.models import Agency
from estates.wordpress.models import Condition, HealthLook, Site

DAYS = 7
HOURS = 24 * DAYS
ENOUGH = 24
"""Looks of which a share is told: a day's."""
HEIGHTS = {Condition.DOWN: 24, Condition.SLOW: 16, Condition.UP: 8, Condition.UNKNOWN: 2}
"""The worse the higher, so that one who sees no colours sees it too; in units of the picture, which is 24 high."""
WORST = (Condition.DOWN, Condition.SLOW, Condition.UP)

Seen = tuple[datetime, str, int | None]


@dataclass(frozen=True, slots=True)
class Bar:
    """An hour: the worst that was found in it."""

    x: int
    hour: datetime
    verdict: Condition

    @property
    def height(self) -> int:
        return HEIGHTS[self.verdict]

    @property
    def y(self) -> int:
        return HEIGHTS[Condition.DOWN] - self.height


@dataclass(frozen=True, slots=True)
class Day:
    """How many looks of a day found what, and the longest that its home page took, in seconds."""

    date: date
    up: int
    slow: int
    down: int
    slowest: float | None


@dataclass(frozen=True, slots=True)
class Picture:
    """How many looks there were, and at how many of them the site was there."""

    bars: tuple[Bar, ...]
    days: tuple[Day, ...]
    looks: int
    there: int
    width: int = HOURS
    height: int = HEIGHTS[Condition.DOWN]

    @property
    def percent(self) -> float | None:
        """Rounded down: 100 means all of them. None of looks so few that a share would be a big word for it."""
        return self.there * 1000 // self.looks / 10 if self.looks >= ENOUGH else None

    @property
    def drawn(self) -> list[Bar]:
        """Without hours that nobody looked in: they are the ground that the others stand on."""
        return [bar for bar in self.bars if bar.verdict != Condition.UNKNOWN]


def pictures(agency: Agency, sites: Iterable[Site]) -> dict[int, Picture]:
    """A picture for each of an agency's sites that was looked at in the last days, by its id, in one query."""
    now = timezone.now()
    rows = HealthLook.objects.for_agency(agency).filter(
        site__in=list(sites), at__gt=now - timedelta(days=DAYS)
    )
    seen: dict[int, list[Seen]] = defaultdict(list)
    for site, at, verdict, took in rows.order_by("at").values_list(
        "site_id", "at", "verdict", "milliseconds"
    ):
        seen[site].append((at, verdict, took))
    return {site: drawn(looks, now) for site, looks in seen.items()}


def drawn(looks: list[Seen], now: datetime) -> Picture:
    """The picture of these looks, oldest first, which ends with the hour of `now`."""
    first = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=HOURS - 1)
    found: dict[int, set[str]] = defaultdict(set)
    for at, verdict, _ in looks:
        found[int((at - first) // timedelta(hours=1))].add(verdict)
    bars = tuple(Bar(x, first + timedelta(hours=x), _worst(found[x])) for x in range(HOURS))
    there = sum(verdict != Condition.DOWN for _, verdict, _ in looks)
    return Picture(bars, tuple(_days(looks)), len(looks), there)


def _worst(verdicts: set[str]) -> Condition:
    return next((verdict for verdict in WORST if verdict in verdicts), Condition.UNKNOWN)


def _days(looks: list[Seen]) -> list[Day]:
    """The newest first, as the reader's calendar has them."""
    days = []
    for day, group in groupby(looks, key=lambda look: timezone.localtime(look[0]).date()):
        of_day = list(group)
        verdicts = [verdict for _, verdict, _ in of_day]
        took = [milliseconds for *_, milliseconds in of_day if milliseconds is not None]
        up, slow, down = (verdicts.count(each) for each in (Condition.UP, Condition.SLOW, Condition.DOWN))
        days.append(Day(day, up, slow, down, max(took) / 1000 if took else None))
    return days[::-1]
