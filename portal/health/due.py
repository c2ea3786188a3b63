"""How long work that is due has been waiting."""

from django.utils import timezone

from accounts.scope import across
from estates.jobs.models import Job, Status


@across()
def oldest_due() -> int:
    """Seconds since which the job that waits longest could have begun; 0 where none waits."""
    now = timezone.now()
    due = Job.objects.across_agencies().filter(
        status__in=(Status.QUEUED, Status.WAITING), not_before__lte=now
    )
    since = due.order_by("not_before").values_list("not_before", flat=True).first()
    return int((now - since).total_seconds()) if since else 0
