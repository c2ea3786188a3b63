"""How long the story of a mirror's syncs is kept; the newest of each connection stays whatever its age."""

from datetime import timedelta

from django.db.models import Max
from django.utils import timezone

from estates.catalogue.models import SyncRun

KEPT = timedelta(days=90)


def forget_old_runs() -> int:
    """Deletes syncs that ended more than `KEPT` ago and were not the last; returns how many."""
    runs = SyncRun.objects.across_agencies()
    newest = runs.order_by().values("connection").annotate(newest=Max("pk")).values_list("newest", flat=True)
    old = runs.filter(finished_at__lt=timezone.now() - KEPT).exclude(status=SyncRun.Status.ASKING)
    _, by_model = old.exclude(pk__in=list(newest)).delete()
    return by_model.get("catalogue.SyncRun", 0)
