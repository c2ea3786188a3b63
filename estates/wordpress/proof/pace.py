"""Politeness: one page of a website at a time, and a pause after it, for all workers and agencies together."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from estates.wordpress.models import SitePace

PAUSE = timedelta(seconds=10)
PAUSE_IN_TROUBLE = timedelta(minutes=5)
"""After a site did not answer, or asked for patience."""
TURN = timedelta(seconds=60)
"""Longer than any page takes. Of a worker that died with its turn nothing else remains."""


def take_turn(host: str) -> float:
    """Seconds until a page of the host may be asked for; 0 when the turn is this caller's, who gives it back."""
    now = timezone.now()
    SitePace.objects.bulk_create([SitePace(host=host, next_at=now)], ignore_conflicts=True)
    with transaction.atomic():
        if SitePace.objects.filter(host=host, next_at__lte=now).update(next_at=now + TURN):
            return 0.0
        next_at = SitePace.objects.values_list("next_at", flat=True).get(host=host)
    # A clock that was wrong once must not silence a site.
    return min(max(0.5, (next_at - now).total_seconds()), PAUSE_IN_TROUBLE.total_seconds())


def give_back(host: str, in_trouble: bool = False) -> None:
    pause = PAUSE_IN_TROUBLE if in_trouble else PAUSE
    SitePace.objects.filter(host=host).update(next_at=timezone.now() + pause)


def resting(now: datetime) -> list[str]:
    """The hosts that may not be asked at present."""
    return list(SitePace.objects.filter(next_at__gt=now).values_list("host", flat=True))


def forget_old_paces() -> int:
    """Deletes the paces of sites that nobody asked for a week; returns how many."""
    return SitePace.objects.filter(next_at__lt=timezone.now() - timedelta(days=7)).delete()[0]
