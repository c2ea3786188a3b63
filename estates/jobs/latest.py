"""The newest job about each of many subjects: how the last attempt at each went."""

from collections.abc import Collection

from django.db.models import Max

from accounts.models import Agency
from estates.jobs.models import Job

HEAVY = frozenset({"evidence", "checkpoint"})


def latest(
    agency: Agency, kinds: Collection[str], subjects: Collection[str], keep: Collection[str] = ()
) -> dict[tuple[str, str], Job]:
    """The newest job of each of these kinds about each of these subjects, by (kind, subject), in one query.

    Their heavy columns are left out, but for those to `keep`.
    """
    if not subjects:
        return {}
    jobs = Job.objects.for_agency(agency).filter(kind__in=kinds, subject__in=subjects)
    newest = jobs.order_by().values("kind", "subject").annotate(newest=Max("pk")).values("newest")
    found = Job.objects.for_agency(agency).filter(pk__in=newest).select_related("asked_by")
    return {(job.kind, job.subject): job for job in found.defer(*HEAVY.difference(keep))}
