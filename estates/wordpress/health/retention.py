"""How long looks are kept."""

from datetime import timedelta

from django.utils import timezone

from estates.wordpress.models import HealthLook

KEPT = timedelta(days=30)


def forget_old_looks() -> int:
    """Deletes looks that are older than `KEPT`; returns how many."""
    old = HealthLook.objects.across_agencies().filter(at__lt=timezone.now() - KEPT)
    forgotten, _ = old.delete()
    return forgotten
