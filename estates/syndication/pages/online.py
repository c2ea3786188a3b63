"""What of a plan is published at this moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, Q
from django.utils import timezone

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


def online_of(plan: Plan) -> Online:
    now = timezone.now()
    live, leaving = Q(live_until__gt=now), Q(live_until__gt=now, wanted=False)
    found = (
        Listing.objects.for_agency(plan.agency)
        .filter(plan=plan)
        .aggregate(
            number=Count("pk", filter=live),
            first=Min("live_until", filter=live),
            last=Max("live_until", filter=live),
            leaving=Count("pk", filter=leaving),
            first_leaving=Min("live_until", filter=leaving),
            soon=Count("pk", filter=soon(now)),
            next_at=Min("due_at", filter=live & Q(wanted=True, due_at__gt=now)),
        )
    )
    return Online(**found | ({} if plan.active else {"soon": 0, "next_at": None}))
