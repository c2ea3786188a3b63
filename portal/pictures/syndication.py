"""How the listings of all plans stand at Seeki."""

from typing import Any

from django.urls import reverse

from accounts.models import Agency
from estates.connections.models import Connection, System
from estates.syndication.models import Plan
from estates.syndication.pushing.figures import counts_of
from estates.syndication.standings import Standing
from portal.pictures.bars import Bar


def syndication_of(agency: Agency) -> dict[str, Any]:
    """Of one plan each bar leads to its listings; of several, to the page of them all."""
    plans = list(Plan.objects.for_agency(agency).order_by("pk"))
    counted = counts_of(agency, plans)
    numbers = {standing: sum(each[standing] for each in counted.values()) for standing in Standing}
    most = max(numbers.values(), default=0) or 1
    bars = [
        Bar(standing.label, number, most, _page(agency, plans, standing))
        for standing, number in numbers.items()
        if number
    ]
    seeki = Connection.objects.for_agency(agency).filter(system=System.SEEKI, removed_at=None)
    return {"bars": bars, "plans": plans, "is_connected": bool(bars) or seeki.exists()}


def _page(agency: Agency, plans: list[Plan], standing: Standing) -> str:
    if len(plans) == 1:
        return (
            reverse("syndication:listings", args=[agency.slug, plans[0].pk]) + f"?standing={standing.value}"
        )
    return reverse("syndication:index", args=[agency.slug])
