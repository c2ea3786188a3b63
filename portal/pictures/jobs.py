"""The work of the last days by how it ended."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from estates.jobs.models import OPEN, Job, Status
from portal.pictures.stacked import Picture, Series, days_until_today, stacked

DAYS = 14
SERIES = {
    Status.DONE.value: Series("done", Status.DONE.label),
    Status.FAILED.value: Series("failed", Status.FAILED.label),
    Status.CANCELLED.value: Series("cancelled", Status.CANCELLED.label),
    "open": Series("open", _("Under way")),
}


def jobs_of(agency: Agency) -> dict[str, Any]:
    return {"picture": by_day(agency), "days": DAYS}


def by_day(agency: Agency) -> Picture:
    """How many jobs were asked for on each of the last days of the agency's calendar, by how they ended."""
    dates, since = days_until_today(agency, DAYS)
    rows = Job.objects.for_agency(agency).filter(created_at__gte=since).order_by()
    days = rows.annotate(day=TruncDate("created_at", tzinfo=ZoneInfo(agency.time_zone)))
    numbers: Counter[tuple[date, str]] = Counter()
    for day, status, number in days.values_list("day", "status").annotate(number=Count("pk")):
        numbers[day, "open" if status in OPEN else status] += number
    return stacked(dates, SERIES, numbers)
