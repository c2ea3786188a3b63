"""How long ended jobs are kept. A mirror alone leaves a hundred a day for each agency."""

from datetime import timedelta

from django.utils import timezone

from estates.jobs.models import OPEN, Job

KEPT = timedelta(days=90)
AT_ONCE = 1000


def forget_old_jobs() -> int:
    """Deletes jobs that ended more than `KEPT` ago, with their history; returns how many."""
    old = Job.objects.across_agencies().filter(finished_at__lt=timezone.now() - KEPT).exclude(status__in=OPEN)
    forgotten = 0
    while ids := list(old.values_list("pk", flat=True)[:AT_ONCE]):
        Job.objects.across_agencies().filter(pk__in=ids).delete()
        forgotten += len(ids)
    return forgotten
