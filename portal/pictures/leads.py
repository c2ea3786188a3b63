"""The leads of the last days by source, and how soon they were answered."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from estates.connections.models import System
from estates.leads.inbox.search import Search, count
from estates.leads.models import Lead, State
from portal.pictures.bars import Bar
from portal.pictures.stacked import Picture, Series, days_until_today, stacked

SPANS = (30, 90)
COLOURS = 4
WITHIN = {
    timedelta(hours=1): _("within an hour"),
    timedelta(hours=4): _("within four hours"),
    timedelta(days=1): _("within a day"),
    timedelta(days=3): _("within three days"),
}


def span_of(asked: str) -> int:
    """The number of days that a page asks for."""
    return int(asked) if asked in map(str, SPANS) else SPANS[0]


def leads_of(agency: Agency, days: int) -> dict[str, Any]:
    picture = by_day(agency, days)
    return {
        "picture": picture,
        "answers": answers_of(agency, days) if picture.total else [],
        "waiting": count(agency, [Search()])[0],
        "days": days,
        "spans": SPANS,
    }


def by_day(agency: Agency, days: int) -> Picture:
    """How many leads came on each of the last days of the agency's calendar, by their source."""
    dates, since = days_until_today(agency, days)
    rows = _since(agency, since).annotate(day=TruncDate("happened_at", tzinfo=ZoneInfo(agency.time_zone)))
    found: dict[tuple[date, str], int] = {
        (day, source): number
        for day, source, number in rows.values_list("day", "source").annotate(number=Count("pk")).order_by()
        # A source may be ahead of our clock.
        if day <= dates[-1]
    }
    words = dict(System.choices)
    sources = sorted({source for _day, source in found})
    series = {
        source: Series(f"{place % COLOURS}", words.get(source, source))
        for place, source in enumerate(sources)
    }
    return stacked(dates, series, found)


def answers_of(agency: Agency, days: int) -> list[Bar]:
    """How long after they came the leads of the last days were answered, by the clock."""
    _dates, since = days_until_today(agency, days)
    asked = {
        f"within_{place}": Count("pk", filter=Q(answered_at__lte=F("happened_at") + limit))
        for place, limit in enumerate(WITHIN)
    }
    found = _since(agency, since).aggregate(
        **asked,
        answered=Count("pk", filter=Q(answered_at__isnull=False)),
        waiting=Count("pk", filter=Q(answered_at=None, state=State.NEW)),
    )
    reached = [found[name] for name in asked]
    steps = [number - before for number, before in zip(reached, [0, *reached], strict=False)]
    numbers = [*steps, found["answered"] - reached[-1], found["waiting"]]
    labels = [*WITHIN.values(), _("later"), _("not yet")]
    most = max(numbers) or 1
    return [Bar(label, number, most) for label, number in zip(labels, numbers, strict=True)]


def _since(agency: Agency, since: datetime) -> QuerySet[Lead]:
    rows: QuerySet[Lead] = Lead.objects.for_agency(agency).filter(erased_at=None, happened_at__gte=since)
    return rows
