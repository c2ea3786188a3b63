"""What an owner sees of the partners' keys."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.functional import Promise

from accounts.models import Agency, PartnerKey, PartnerKeyDay, Scope
from accounts.partners.keys import live

DAYS = 14
HEIGHT = 34
ENDED_SHOWN = timedelta(days=90)


@dataclass(frozen=True)
class Bar:
    """A day's calls; `top` and `tall` are its place in a picture that is `HEIGHT` tall."""

    day: date
    calls: int
    tall: int

    @property
    def top(self) -> int:
        return HEIGHT - self.tall


@dataclass(frozen=True)
class Card:
    key: PartnerKey
    works: bool
    scopes: list[str | Promise]
    bars: list[Bar]

    @property
    def calls(self) -> int:
        return sum(bar.calls for bar in self.bars)


def cards(agency: Agency) -> list[Card]:
    """Every key that works, and those that ended within 90 days; the newest first, working ones before."""
    now, today = timezone.now(), timezone.now().date()
    days = PartnerKeyDay.objects.filter(day__gt=today - timedelta(days=DAYS))
    rows = PartnerKey.objects.for_agency(agency).select_related("created_by", "replaces")
    working = set(live(agency).values_list("pk", flat=True))
    shown = [
        Card(
            key,
            key.pk in working,
            [Scope(scope).label for scope in key.scopes if scope in Scope],
            _bars(key, today),
        )
        for key in rows.prefetch_related(Prefetch("days", days, "recent")).order_by("-pk")
        if key.pk in working or (key.revoked_at or key.ends_at or now) > now - ENDED_SHOWN
    ]
    return sorted(shown, key=lambda card: not card.works)


def _bars(key: PartnerKey, today: date) -> list[Bar]:
    calls = {row.day: row.calls for row in key.recent}  # type: ignore[attr-defined]
    most = max(calls.values(), default=0) or 1
    days = [today - timedelta(days=ago) for ago in reversed(range(DAYS))]
    return [Bar(day, calls.get(day, 0), math.ceil(HEIGHT * calls.get(day, 0) / most)) for day in days]
