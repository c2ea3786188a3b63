"""What the pages count of a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from accounts.models import Agency
from estates.syndication.models import Batch, Listing, Plan
from estates.syndication.standings import Standing, conditions

WEEKS = 10
"""What was sent today lapses in 60 days: on a Saturday or Sunday that is in the tenth week from this one."""


def counts(plan: Plan) -> dict[Standing, int]:
    """How many listings have each standing, in the order of the page; those with none of it are named too."""
    return counts_of(plan.agency, [plan])[plan.pk]


def counts_of(agency: Agency, plans: Sequence[Plan]) -> dict[int, dict[Standing, int]]:
    """The same of each of an agency's plans, by its id, in one query."""
    rows = Listing.objects.for_agency(agency).filter(plan__in=plans).order_by().values("plan")
    found = {row["plan"]: row for row in rows.annotate(**asked_counts(timezone.now()))}
    return {plan.pk: counts_in(found.get(plan.pk, {})) for plan in plans}


def asked_counts(now: datetime) -> dict[str, Count]:
    """What a query of listings is to count for `counts_in` to read its row."""
    return {standing.name: Count("pk", filter=condition) for standing, condition in conditions(now).items()}


def counts_in(row: Mapping[str, Any]) -> dict[Standing, int]:
    return {standing: row.get(standing.name, 0) for standing in Standing}


def lapses_by_week(plan: Plan, weeks: int = WEEKS) -> list[tuple[date, int, int]]:
    """(Monday, wanted, unwanted): how many live listings would lapse in each week from this one, unrefreshed.

    Weeks begin on Monday in the agency's time zone.
    """
    now, zone = timezone.now(), ZoneInfo(plan.agency.time_zone)
    today = now.astimezone(zone).date()
    first = today - timedelta(days=today.weekday())
    mondays = [first + timedelta(weeks=week) for week in range(weeks)]
    asked = {}
    for monday in mondays:
        of_week = Q(live_until__gte=_begin(monday, zone), live_until__lt=_begin(monday, zone, weeks=1))
        for wanted in (True, False):
            asked[_name(monday, wanted)] = Count("pk", filter=of_week & Q(wanted=wanted))
    live = Listing.objects.for_agency(plan.agency).filter(plan=plan, live_until__gt=now)
    found = live.aggregate(**asked) if asked else {}
    return [(monday, found[_name(monday, True)], found[_name(monday, False)]) for monday in mondays]


def last_batches(plan: Plan, most: int = 10) -> QuerySet[Batch]:
    """The latest requests, newest first, without their answers."""
    batches = Batch.objects.for_agency(plan.agency).filter(plan=plan)
    return batches.defer("answer").order_by("-sent_at", "-pk")[:most]


def _begin(monday: date, zone: ZoneInfo, weeks: int = 0) -> datetime:
    return datetime.combine(monday + timedelta(weeks=weeks), time(), zone)


def _name(monday: date, wanted: bool) -> str:
    return f"{'wanted' if wanted else 'unwanted'}_{monday:%Y%m%d}"
