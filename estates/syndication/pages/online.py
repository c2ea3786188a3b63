"""What of a plan is published at this moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from django.db.models import Aggregate, Count, Max, Min, Q
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


NOTHING = Online(0, None, None, 0, None, 0, None)


def online_of(plan: Plan) -> Online:
    rows = Listing.objects.for_agency(plan.agency).filter(plan=plan)
    return online_in(rows.aggregate(**asked_online(timezone.now())), plan)


def asked_online(now: datetime) -> dict[str, Aggregate]:
    """What a query of listings is to ask for `online_in` to read its row."""
    live, leaving = Q(live_until__gt=now), Q(live_until__gt=now, wanted=False)
    return {
        "number": Count("pk", filter=live),
        "first": Min("live_until", filter=live),
        "last": Max("live_until", filter=live),
        "leaving": Count("pk", filter=leaving),
        "first_leaving": Min("live_until", filter=leaving),
        "soon": Count("pk", filter=soon(now)),
        "next_at": Min("due_at", filter=live & Q(wanted=True, due_at__gt=now)),
    }


def online_in(row: Mapping[str, Any] | None, plan: Plan) -> Online:
    """Of a plan's row; None is that of a plan without listings."""
    found = Online(**{field.name: row[field.name] for field in fields(Online)}) if row else NOTHING
    return found if plan.active else replace(found, soon=0, next_at=None)
