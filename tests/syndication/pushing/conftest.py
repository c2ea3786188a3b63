"""An agency that publishes at a simulated Seeki, and jobs worked off at once."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from estates.jobs.models import OPEN, Job, Status
from estates.jobs.work import work
from estates.syndication.models import Listing
from estates.syndication.pushing import polling, sending
from portal.sandbox import sandbox
from tests.syndication.pushing import making


@pytest.fixture
def box(settings):
    cache.clear()
    with sandbox(estates=0) as running:
        settings.REMOTE_URLS = {
            **settings.REMOTE_URLS,
            ("seeki", "production"): f"{running.url}{running.seeki.base}",
            ("seeki", "sandbox"): f"{running.url}{running.seeki_staging.base}",
        }
        yield running


@pytest.fixture
def seeki(box):
    """What Seeki holds of the agency, by number."""
    return box.seeki.accounts["martin"].listings


@pytest.fixture
def plan(agency):
    return making.plan(agency)


@pytest.fixture
def rows():
    """A plan's listings as they are now, by number."""

    def get(plan) -> list[Listing]:
        return list(Listing.objects.for_agency(plan.agency).filter(plan=plan).order_by("external_id"))

    return get


@pytest.fixture
def finish():
    """Works a job to its end, at once whatever it waits for."""

    def through(job: Job, slices: int = 60) -> Job:
        for _ in range(slices):
            Job.objects.across_agencies().filter(pk=job.pk).update(not_before=timezone.now())
            work(job.pk)
            job.refresh_from_db()
            if job.status not in (Status.QUEUED, Status.WAITING):
                break
        return job

    return through


@pytest.fixture
def sent(plan, finish):
    """Sends what is due."""
    return lambda: finish(sending.start_sending(plan))


@pytest.fixture
def asked(plan):
    """Works on the questions once, those that would come later among them."""

    def ask() -> Job:
        waiting = Listing.objects.for_agency(plan.agency).filter(plan=plan, poll_at__isnull=False)
        waiting.update(poll_at=timezone.now() - timedelta(seconds=1))
        job = polling.start_polling(plan)
        Job.objects.across_agencies().filter(pk=job.pk).update(not_before=timezone.now())
        assert work(job.pk)
        job.refresh_from_db()
        if job.is_open:
            Job.objects.across_agencies().filter(pk=job.pk, status__in=OPEN).update(
                status=Status.DONE, finished_at=timezone.now()
            )
        return job

    return ask
