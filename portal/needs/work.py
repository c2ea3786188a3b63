"""Work that failed, and that nothing later mended."""

from collections.abc import Collection
from datetime import timedelta

from django.db.models import Max, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import Agency
from estates.jobs.models import Job, Status
from portal.needs.need import Need

RECENT = timedelta(days=3)
MOST = 20


def failed_jobs(agency: Agency, told: Collection[str]) -> list[Need]:
    """The failures of the last days, but for the subjects that were `told` already."""
    failed = latest_of_each_subject(agency).filter(status=Status.FAILED).exclude(subject__in=told)
    return [
        Need(
            f"{job.label} · {job.title}",
            job.sentence,
            job.error,
            reverse("jobs:detail", args=[agency.slug, job.pk]),
        )
        for job in failed[:MOST]
    ]


def latest_of_each_subject(agency: Agency) -> QuerySet[Job]:
    """The newest job of each kind and subject of the last days: a failure that a later success mended is no need."""
    recent = Job.objects.for_agency(agency).filter(created_at__gte=timezone.now() - RECENT)
    newest = recent.values("kind", "subject").annotate(newest=Max("pk")).values("newest")
    return (
        Job.objects.for_agency(agency).filter(pk__in=newest).order_by("-pk").defer("evidence", "checkpoint")
    )
