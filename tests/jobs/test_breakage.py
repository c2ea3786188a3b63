"""Everything that can go wrong in the middle of a job: it ends or is tried again, and its worker goes on."""

import os
from datetime import timedelta

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.functional import lazystr

from accounts.models import AuditEntry
from estates.jobs.control import cancel, try_again
from estates.jobs.kinds import KINDS, job_kind
from estates.jobs.models import Job, Status
from estates.jobs.relay import CRASHES, due_in_fair_order, relay, take_back
from estates.jobs.run import Run
from estates.jobs.start import start
from estates.jobs.work import work
from estates.remotes.errors import Refused, Unreachable
from tests.jobs.test_work import again, effects, failing
from tests.owning import owning


@pytest.fixture
def doing(monkeypatch):
    """`doing(handler)` declares what jobs of the kind "test.odd" do in this test."""

    def declare(handle) -> None:
        monkeypatch.delitem(KINDS, "test.odd", raising=False)
        job_kind("test.odd", lazystr("Odd"))(handle)

    yield declare
    KINDS.pop("test.odd", None)


def worked(job: Job) -> Job:
    assert work(job.pk)
    job.refresh_from_db()
    return job


@pytest.mark.parametrize("words", ["a\0b", "lone \ud800 surrogate", "x" * 1_000_000, "\x1b[31m\u202e"])
def test_whatever_the_remote_says_can_be_kept(agency, words):
    job = again(failing(agency, Refused("no", words=words)))
    assert job.status == Status.FAILED
    assert job.error.startswith(words[0])
    assert job.events.get(event="failed").words == job.error


@pytest.mark.parametrize("number", [2**31, 10**30, -1])
def test_numbers_that_no_column_holds_do_not_end_a_job(agency, doing, number):
    doing(lambda run: run.report(number, number))
    job = worked(start(agency, "test.odd"))
    assert job.status == Status.DONE
    assert 0 <= job.done < 2**31


def test_a_checkpoint_that_is_no_json_fails_without_effect(agency, doing):
    def handle(run: Run) -> None:
        with run.step(checkpoint={"seen": {1, 2}}):
            raise AssertionError("never reached")

    doing(handle)
    job = worked(start(agency, "test.odd"))
    assert (job.status, job.error_kind, job.checkpoint) == (Status.WAITING, "internal", {})


def test_the_time_limit_in_the_middle_of_a_step_undoes_it(agency, doing):
    def handle(run: Run) -> None:
        with run.step(done=1, checkpoint={"next": 1}):
            raise SoftTimeLimitExceeded

    doing(handle)
    job = worked(start(agency, "test.odd"))
    assert (job.status, job.error_kind, job.done, job.checkpoint) == (Status.WAITING, "too_slow", None, {})


@pytest.mark.parametrize("ending", [SystemExit, KeyboardInterrupt, GeneratorExit])
def test_what_ends_the_worker_leaves_the_job_to_be_taken_back(agency, doing, ending):
    def handle(run: Run) -> None:
        raise ending

    doing(handle)
    job = start(agency, "test.odd")
    for crash in range(1, CRASHES + 1):
        with pytest.raises(ending):
            work(job.pk)
        take_back(timezone.now() + timedelta(seconds=settings.JOB_LEASE_SECONDS + 1))
        job.refresh_from_db()
        assert job.crashes == crash
    assert (job.status, job.error_kind) == (Status.FAILED, "crashed")


def test_a_slow_worker_neither_settles_nor_fails_what_another_one_has(agency, doing, caplog):
    """Its job is taken back while it works; whether it then ends well or badly, it says nothing."""

    def handle(run: Run) -> None:
        take_back(timezone.now() + timedelta(seconds=settings.JOB_LEASE_SECONDS + 1))
        if run.params["ends"] == "badly":
            raise Unreachable("down")

    doing(handle)
    for ends in ("well", "badly"):
        job = worked(start(agency, "test.odd", params={"ends": ends}))
        assert (job.status, job.claim, job.error, job.finished_at) == (Status.QUEUED, "", "", None)
        assert [event.event for event in job.events.all()] == ["asked", "taken-back"]
    assert caplog.text.count("was taken back from this worker") == 2


def test_a_clock_that_goes_back_stops_nothing(agency, doing):
    """What is marked with a time to come was marked by a clock that was wrong."""
    doing(lambda run: None)
    tomorrow = timezone.now() + timedelta(days=1)
    rows = Job.objects.for_agency(agency)
    lost = start(agency, "test.odd")
    rows.filter(pk=lost.pk).update(nudged_at=tomorrow)
    assert due_in_fair_order(timezone.now()) == [lost.pk]
    assert relay(lambda pk: None) == 1
    held = start(agency, "test.odd")
    rows.filter(pk=held.pk).update(status=Status.RUNNING, claim="gone", heartbeat_at=tomorrow)
    assert take_back(timezone.now()) == 1
    assert rows.get(pk=held.pk).status == Status.QUEUED


def test_who_asked_to_stop_does_not_wait_for_the_next_try(agency, member, doing):
    def handle(run: Run) -> None:
        assert cancel(run.job, member(agency))
        raise Unreachable("down")

    doing(handle)
    job = worked(start(agency, "test.odd"))
    assert job.status == Status.WAITING
    assert job.not_before <= timezone.now()
    assert worked(job).status == Status.CANCELLED


def test_two_clicks_stop_or_repeat_a_job_once(agency, member):
    job, person = start(agency, "test.steps", subject="it"), member(agency)
    assert cancel(job, person)
    assert not cancel(job, person)
    (first, is_new), (second, is_new_too) = try_again(job, person), try_again(job, person)
    assert first == second
    assert (is_new, is_new_too) == (True, False)
    assert AuditEntry.objects.for_agency(agency).filter(action="job.tried_again").count() == 1
    assert Job.objects.for_agency(agency).count() == 2


def test_a_kind_that_is_gone_is_not_tried_again(agency, member, browser):
    """After an update that took a kind away, its old jobs are still on the page, with their button."""
    job = start(agency, "test.steps")
    Job.objects.for_agency(agency).update(kind="test.gone", status=Status.FAILED)
    job.refresh_from_db()
    assert try_again(job, member(agency)) == (job, False)
    assert browser(agency).post(f"/agencies/martin/jobs/{job.pk}/try-again/").status_code == 302


def test_a_running_or_done_job_is_not_tried_again(agency, member):
    job = start(agency, "test.steps")
    for status in (Status.RUNNING, Status.DONE, Status.QUEUED):
        Job.objects.for_agency(agency).update(status=status)
        assert try_again(job, member(agency)) == (job, False)
    assert Job.objects.for_agency(agency).count() == 1
    assert effects(agency) == []


needs_a_server = pytest.mark.skipif(not os.environ.get("DATABASE_URL"), reason="needs a database server")


@needs_a_server
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("where", ["between", "in a step"])
def test_a_lost_database_connection_is_one_attempt_not_a_dead_job(agency, doing, where):
    def handle(run: Run) -> None:
        if where == "between":
            hang_up()
        with run.step(done=1, checkpoint={"next": 1}):
            hang_up()

    doing(handle)
    job = start(agency, "test.odd")
    assert work(job.pk)
    job.refresh_from_db()
    assert (job.status, job.error_kind, job.claim) == (Status.WAITING, "internal", "")
    assert (job.done, job.checkpoint) == (None, {})


def hang_up() -> None:
    """The server ends this session, as when it restarts."""
    with owning() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


@needs_a_server
@pytest.mark.django_db(transaction=True)
def test_the_time_limit_in_the_middle_of_a_query_is_one_attempt_too(agency, doing):
    """An exception from a signal leaves the connection with an answer under way."""

    def handle(run: Run) -> None:
        import signal

        def limit(*_: object) -> None:
            raise SoftTimeLimitExceeded

        before = signal.signal(signal.SIGALRM, limit)
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(5)")
        finally:
            signal.signal(signal.SIGALRM, before)

    doing(handle)
    job = start(agency, "test.odd")
    assert work(job.pk)
    job.refresh_from_db()
    assert (job.status, job.error_kind) == (Status.WAITING, "too_slow")
