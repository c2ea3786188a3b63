from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from estates.jobs import retention
from estates.jobs.models import Job, JobEvent, Status
from estates.jobs.start import start
from portal.celery import app
from tests.jobs import kinds  # noqa: F401


@pytest.fixture
def ended(agency):
    def make(days: int, status: str = Status.DONE) -> Job:
        job = start(agency, "test.steps")
        finished = timezone.now() - timedelta(days=days)
        Job.objects.for_agency(agency).filter(pk=job.pk).update(status=status, finished_at=finished)
        return job

    return make


def test_what_ended_long_ago_is_forgotten_with_its_history(agency, ended, monkeypatch):
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    for status in (Status.DONE, Status.FAILED, Status.CANCELLED):
        ended(91, status)
    recent = ended(89)
    assert retention.forget_old_jobs() == 3
    assert list(Job.objects.for_agency(agency)) == [recent]
    assert set(JobEvent.objects.values_list("job", flat=True)) == {recent.pk}


def test_what_is_still_to_do_is_never_too_old(agency, ended):
    job = start(agency, "test.steps")
    Job.objects.for_agency(agency).update(created_at=timezone.now() - timedelta(days=400))
    assert retention.forget_old_jobs() == 0
    assert Job.objects.for_agency(agency).get() == job


def test_everything_on_the_timer_exists():
    app.loader.import_default_modules()
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= app.tasks.keys()
