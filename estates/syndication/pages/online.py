"""What of a plan is published at this moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime

from django.db.models import Count, Max, Min, Q
from django.utils import timezone

from accounts.models import Agency
from estates.syndication.models import Listing, Plan
from estates.syndication.pages.rows import soon


@dataclass(frozen=True)
class Online:
    """What is published at this moment: how many listings, and when the first and the last of them lapse.

    `soon` of those that should stay lapse within a fortnight. `refreshes` go out in the night that begins
    `next_at`; both are only known while the plan is on.
    """

    number: int
    first: datetime | None
    last: datetime | None
    leaving: int
    first_leaving: datetime | None
    soon: int
    next_at: datetime | None


NAMES = [field.name for field in fields(Online)]
NOTHING = Online(0, None, None, 0, None, 0, None)


def online_of(agency: Agency, plans: Sequence[Plan]) -> dict[int, Online]:
    """Of each of an agency's plans, by its id, in one query."""
    now = timezone.now()
    live, leaving = Q(live_until__gt=now), Q(live_until__gt=now, wanted=False)
    rows = Listing.objects.for_agency(agency).filter(plan__in=plans).order_by().values_list("plan")
    counted = rows.annotate(
        number=Count("pk", filter=live),
        first=Min("live_until", filter=live),
        last=Max("live_until", filter=live),
        leaving=Count("pk", filter=leaving),
        first_leaving=Min("live_until", filter=leaving),
        soon=Count("pk", filter=soon(now)),
        next_at=Min("due_at", filter=live & Q(wanted=True, due_at__gt=now)),
    )
    found = {pk: Online(**dict(zip(NAMES, numbers, strict=True))) for pk, *numbers in counted}
    of_plan = {plan.pk: found.get(plan.pk, NOTHING) for plan in plans}
    return {
        plan.pk: of_plan[plan.pk] if plan.active else replace(of_plan[plan.pk], soon=0, next_at=None)
        for plan in plans
    }
