"""What was told is kept for thirty days, with what was sent and answered."""

from datetime import timedelta

from django.utils import timezone

from estates.webhooks.models import Event

KEPT = timedelta(days=30)
AT_ONCE = 1_000


def forget_old() -> int:
    """Deletes older events with their deliveries, also those that nobody took; returns how many."""
    old = Event.objects.across_agencies().filter(at__lt=timezone.now() - KEPT)
    forgotten = 0
    while ids := list(old.values_list("pk", flat=True)[:AT_ONCE]):
        Event.objects.across_agencies().filter(pk__in=ids).delete()
        forgotten += len(ids)
    return forgotten
