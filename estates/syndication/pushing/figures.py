"""What the pages count of a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, Exists, OuterRef, QuerySet, Value, When
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


def lapses_by_week(plan: Plan) -> list[tuple[date, int, int]]:
    """(Monday, wanted, unwanted): how many live listings would lapse in each week from this one, unrefreshed.

    Weeks begin on Monday in the agency's time zone.
    """
    now, zone = timezone.now(), ZoneInfo(plan.agency.time_zone)
    today = now.astimezone(zone).date()
    first = today - timedelta(days=today.weekday())
    mondays = [first + timedelta(weeks=week) for week in range(WEEKS + 1)]
    ends = [datetime.combine(monday, time(), zone) for monday in mondays[1:]]
    week = Case(*(When(live_until__lt=end, then=Value(number)) for number, end in enumerate(ends)))
    rows = Listing.objects.for_agency(plan.agency).filter(
        plan=plan, live_until__gt=now, live_until__lt=ends[-1]
    )
    counted = rows.order_by().values_list(week, "wanted").annotate(number=Count("pk"))
    found = {(number, wanted): listings for number, wanted, listings in counted}
    return [
        (monday, found.get((number, True), 0), found.get((number, False), 0))
        for number, monday in enumerate(mondays[:-1])
    ]


def last_batches(plan: Plan, most: int = 10) -> QuerySet[Batch]:
    """The latest requests, newest first, without their answers.

    `job_was_answered` is true where Seeki took up any request of the same job.
    """
    batches = Batch.objects.for_agency(plan.agency).filter(plan=plan)
    answered = batches.filter(job=OuterRef("job"), answered_at__isnull=False)
    return (
        batches.annotate(job_was_answered=Exists(answered)).defer("answer").order_by("-sent_at", "-pk")[:most]
    )
