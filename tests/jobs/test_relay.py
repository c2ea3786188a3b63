from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Agency
from estates.jobs.models import Job, Status
from estates.jobs.relay import NUDGE_LASTS, relay
from estates.jobs.start import start
from estates.jobs.work import claim
from tests.jobs import kinds  # noqa: F401


def relayed() -> list[int]:
    sent: list[int] = []
    relay(sent.append)
    return sent


def silent(job: Job, seconds: float) -> None:
    Job.objects.across_agencies().filter(pk=job.pk).update(
        heartbeat_at=timezone.now() - timedelta(seconds=seconds)
    )


def test_due_jobs_are_nudged_once(agency):
    job = start(agency, "test.steps")
    assert relayed() == [job.pk]
    assert relayed() == []


def test_what_is_not_due_is_left_alone(agency):
    start(agency, "test.steps", not_before=timezone.now() + timedelta(seconds=30))
    assert relayed() == []


def test_a_nudge_that_nobody_followed_is_sent_again(agency):
    job = start(agency, "test.steps")
    relayed()
    Job.objects.for_agency(agency).update(nudged_at=timezone.now() - NUDGE_LASTS - timedelta(seconds=1))
    assert relayed() == [job.pk]


def test_a_broker_that_is_down_leaves_the_job_due(agency):
    job = start(agency, "test.steps")

    def broken(job_id: int) -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        relay(broken)
    assert relayed() == [job.pk]


def test_agencies_take_turns(agency, other_agency, settings):
    settings.JOB_AGENCY_CAP = 2
    first = [start(agency, "test.steps").pk for _ in range(5)]
    second = [start(other_agency, "test.steps").pk for _ in range(5)]
    assert relayed() == [first[0], second[0], first[1], second[1]]


def test_who_has_workers_busy_comes_after_who_has_none(agency, other_agency, settings):
    settings.JOB_AGENCY_CAP = 3
    jobs = [start(agency, "test.steps") for _ in range(3)]
    claim(jobs[0].pk)
    newcomer = start(other_agency, "test.steps")
    assert relayed()[0] == newcomer.pk


def test_no_agency_has_more_at_work_than_its_cap(agency, settings):
    settings.JOB_AGENCY_CAP = 2
    jobs = [start(agency, "test.steps").pk for _ in range(4)]
    assert relayed() == jobs[:2]
    claim(jobs[0])
    assert relayed() == []


def test_few_nudges_are_out_at_once(db, settings):
    settings.JOB_AGENCY_CAP = 1
    for number in range(20):
        start(Agency.objects.create(name=f"A{number}", slug=f"a{number}"), "test.steps")
    assert len(relayed()) == 8


def test_the_job_of_a_silent_worker_is_taken_back(agency, settings):
    job = start(agency, "test.steps")
    held = claim(job.pk)
    silent(job, settings.JOB_LEASE_SECONDS - 5)
    relayed()
    job.refresh_from_db()
    assert job.status == Status.RUNNING
    silent(job, settings.JOB_LEASE_SECONDS + 5)
    assert relayed() == [job.pk]
    assert claim(job.pk).claim != held.claim


def test_the_third_crash_ends_a_job(agency, settings):
    job = start(agency, "test.steps")
    for _ in range(3):
        assert claim(job.pk)
        silent(job, settings.JOB_LEASE_SECONDS + 5)
        relayed()
    job.refresh_from_db()
    assert (job.status, job.crashes, job.error_kind) == (Status.FAILED, 3, "crashed")
    assert [event.event for event in job.events.all()] == ["asked", "taken-back", "taken-back", "failed"]


def test_a_job_that_got_further_between_its_crashes_goes_on(agency, settings):
    from estates.jobs.run import Run

    job = start(agency, "test.steps")
    for number in range(4):
        with Run(claim(job.pk)).step(checkpoint={"next": number}):
            pass
        silent(job, settings.JOB_LEASE_SECONDS + 5)
        relayed()
    job.refresh_from_db()
    assert (job.status, job.crashes) == (Status.QUEUED, 1)
