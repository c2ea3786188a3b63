"""What an agency's first page says: what needs a person, what happens, what there is."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.urls import reverse

from accounts.models import Agency, Membership
from estates.catalogue.models import Estate, SyncRun
from estates.connections.models import Connection
from estates.jobs.models import OPEN, Job
from portal.leads_card import leads_of
from portal.needs import needs_for

BARS = 8


@dataclass(frozen=True)
class Bar:
    """A bar of a picture: what is counted, how many, and the list behind it."""

    word: str
    number: int
    url: str


def bars_of(agency: Agency, column: str) -> list[Bar]:
    """How many present estates there are by the words of a column, the most frequent first."""
    page = reverse("catalogue:search", args=[agency.slug])
    rows = (
        Estate.objects.for_agency(agency)
        .filter(gone_at=None)
        .values_list(column)
        .annotate(number=Count("pk"))
        .order_by("-number", column)
    )
    return [Bar(word, number, f"{page}?{column}={word}") for word, number in rows[:BARS] if word]


def dashboard_of(membership: Membership) -> dict[str, Any]:
    agency = membership.agency
    by_status = bars_of(agency, "status")
    return {
        "needs": needs_for(membership),
        "open_jobs": Job.objects.for_agency(agency)
        .filter(status__in=OPEN)
        .defer("evidence")
        .order_by("-pk")[:5],
        "connections": Connection.objects.for_agency(agency)
        .filter(removed_at=None)
        .order_by("system", "label"),
        "leads": leads_of(agency),
        "by_status": by_status,
        "by_type": bars_of(agency, "type"),
        "estates": sum(bar.number for bar in by_status),
        "runs": SyncRun.objects.for_agency(agency)
        .select_related("connection")
        .defer("seen")
        .order_by("-started_at")[:6],
    }
