import pytest
from django.db import transaction

from accounts.tenancy import AgencyMissing
from estates.jobs.models import Job, Status
from estates.jobs.start import start
from tests.jobs import kinds  # noqa: F401


def test_a_job_is_a_row_with_its_asker_and_first_event(agency, member):
    job = start(agency, "test.steps", title="Two", params={"steps": 2}, asked_by=member(agency))
    job.refresh_from_db()
    assert (job.status, job.params, job.asked_by) == (Status.QUEUED, {"steps": 2}, member(agency))
    assert [event.event for event in job.events.all()] == ["asked"]


def test_an_unknown_kind_is_a_mistake_of_the_caller(agency):
    with pytest.raises(KeyError):
        start(agency, "test.unheard-of")
    assert not Job.objects.for_agency(agency).exists()


def test_of_one_subject_one_job_is_open(agency, other_agency):
    first = start(agency, "test.steps", subject="connection:1")
    assert start(agency, "test.steps", subject="connection:1") == first
    assert start(agency, "test.steps", subject="connection:2") != first
    assert start(agency, "test.fails", subject="connection:1") != first
    assert start(other_agency, "test.steps", subject="connection:1") != first


def test_after_its_end_the_subject_is_free_again(agency):
    first = start(agency, "test.steps", subject="connection:1")
    Job.objects.for_agency(agency).update(status=Status.DONE)
    assert start(agency, "test.steps", subject="connection:1") != first


def test_jobs_without_a_subject_do_not_stand_for_each_other(agency):
    assert start(agency, "test.steps") != start(agency, "test.steps")


@pytest.mark.django_db(transaction=True)
def test_a_job_falls_with_the_transaction_that_asked_for_it(agency):
    with transaction.atomic():
        start(agency, "test.steps")
        transaction.set_rollback(True)
    assert not Job.objects.for_agency(agency).exists()


def test_listing_without_an_agency_is_refused(db):
    with pytest.raises(AgencyMissing):
        Job.objects.all()
    with pytest.raises(AgencyMissing):
        Job.objects.filter(status=Status.QUEUED)
    with pytest.raises(AgencyMissing):
        Job.objects.create(kind="test.steps")
