"""An agency's office hours: as they are stored, as they are reckoned with, and how they are changed."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from accounts.audit import record
from accounts.models import Agency, User
from estates.leads.hours import Hours
from estates.leads.models import OfficeHours


class Clock(NamedTuple):
    """What waiting is measured with: hours, the moment, and the seconds within which the agency means to answer."""

    hours: Hours
    now: datetime
    target: int

    @property
    def overdue_before(self) -> datetime:
        """Whoever wrote before this moment has waited beyond the target."""
        return self.hours.moment_before(self.now, self.target)


def office_of(agency: Agency) -> OfficeHours:
    """The agency's own, or the usual ones, not saved."""
    return OfficeHours.objects.for_agency(agency).first() or OfficeHours(agency=agency)


def clock_of(agency: Agency) -> Clock:
    office = office_of(agency)
    return Clock(hours_of(office, agency), timezone.now(), office.target_minutes * 60)


def hours_of(office: OfficeHours, agency: Agency) -> Hours:
    week = tuple(
        tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in day)
        for day in office.week
    )
    closed = tuple((date.fromisoformat(first), date.fromisoformat(last)) for first, last in office.closed)
    return Hours(ZoneInfo(agency.time_zone), week, office.holidays, closed)


def change_hours(agency: Agency, user: User, **given: Any) -> None:
    """Replaces the office hours; `given` has the columns of `OfficeHours`."""
    with transaction.atomic():
        OfficeHours.objects.across_agencies().update_or_create(agency=agency, defaults=given)
        record(agency, user, "leads.hours_set")
