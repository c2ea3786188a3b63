"""Work that failed, and that nothing later mended."""

from datetime import datetime, timedelta

from django.db.models import Max, QuerySet
from django.urls import reverse

from accounts.models import Agency
from estates.jobs.models import Job, Status
from portal.needs.need import MOST, Asked, Facts, Kind, Need, first_of, newest_first

RECENT = timedelta(days=3)


def failed_jobs(asked: Asked) -> Kind:
    """The failures of the last days, but for the subjects that another need tells already."""

    def tell(facts: Facts) -> Need:
        job = Job(kind=facts["kind"], error_kind=facts["error_kind"])
        page = reverse("jobs:detail", args=[asked.agency.slug, facts["pk"]])
        return Need(f"{job.label} · {facts['title']}", job.sentence, facts["error"], page)

    failed = latest_of_each_subject(asked.agency, asked.now).filter(status=Status.FAILED)
    names = ("pk", "kind", "title", "error", "error_kind", "subject")
    facts = {name: name for name in names}
    return Kind(first_of(failed, "-pk", most=5 * MOST), facts, tell, newest_first, is_behind=True)


def latest_of_each_subject(agency: Agency, now: datetime) -> QuerySet[Job]:
    """The newest job of each kind and subject of the last days: a failure that a later success mended is no need."""
    recent = Job.objects.for_agency(agency).filter(created_at__gte=now - RECENT)
    newest = recent.values("kind", "subject").annotate(newest=Max("pk")).values("newest")
    return Job.objects.for_agency(agency).filter(pk__in=newest)
