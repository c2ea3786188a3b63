from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from estates.jobs.control import cancel
from estates.jobs.models import Job, Status
from estates.jobs.run import Cancelled, LostClaim, Run
from estates.jobs.start import start
from estates.jobs.work import attempt, claim, run_now, work
from estates.remotes.errors import (
    Malformed,
    Refused,
    Throttled,
    Unauthorised,
    Unreachable,
    Untrusted,
    WrongEnvironment,
)
from tests.jobs import kinds


def effects(agency) -> list[str]:
    return list(
        AuditEntry.objects.for_agency(agency)
        .filter(action="test.effect")
        .order_by("number")
        .values_list("subject", flat=True)
    )


def failing(agency, *errors: Exception) -> Job:
    kinds.ERRORS["it"] = list(errors)
    return start(agency, "test.fails", title="it")


def again(job: Job) -> Job:
    """The job after its next attempt, without the wait before it."""
    Job.objects.for_agency(job.agency).filter(pk=job.pk).update(not_before=timezone.now())
    assert work(job.pk)
    job.refresh_from_db()
    return job


def test_a_claimed_job_is_taken_by_nobody_else(agency):
    job = start(agency, "test.steps")
    assert claim(job.pk)
    assert claim(job.pk) is None
    assert not work(job.pk)


def test_a_job_is_not_claimed_before_its_time(agency):
    job = start(agency, "test.steps", not_before=timezone.now() + timedelta(minutes=1))
    assert claim(job.pk) is None


def test_work_ends_done_with_progress_and_history(agency):
    job = start(agency, "test.steps", title="three", params={"steps": 3, "seconds": 0})
    assert work(job.pk)
    job.refresh_from_db()
    assert (job.status, job.done, job.total, job.claim) == (Status.DONE, 3, 3, "")
    assert job.finished_at
    assert effects(agency) == ["three/0", "three/1", "three/2"]
    assert [event.event for event in job.events.all()] == ["asked", "done"]


def test_a_slice_goes_back_in_line_and_goes_on_from_its_checkpoint(agency):
    job = start(agency, "test.steps", title="sliced", params={"steps": 3, "seconds": 0, "pause_after": 0})
    assert work(job.pk)
    job.refresh_from_db()
    assert (job.status, job.checkpoint, job.attempts) == (Status.QUEUED, {"next": 1}, 0)
    assert run_now(job).status == Status.DONE
    assert effects(agency) == ["sliced/0", "sliced/1", "sliced/2"]


def test_a_worker_whose_job_was_taken_back_has_no_further_effect(agency):
    held = claim(start(agency, "test.steps", title="lost", params={"steps": 1, "seconds": 0}).pk)
    Job.objects.for_agency(agency).update(claim="somebody-else")
    with pytest.raises(LostClaim):
        attempt(held)
    assert effects(agency) == []
    assert Job.objects.for_agency(agency).get().status == Status.RUNNING


def test_a_step_is_whole_or_not_at_all(agency):
    run = Run(claim(start(agency, "test.steps").pk))

    def half_a_step() -> None:
        with run.step(done=1, checkpoint={"next": 1}):
            kinds.record(agency, None, "test.effect", "half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_a_step()
    assert run.checkpoint == {}
    assert Job.objects.for_agency(agency).get().checkpoint == {}
    assert effects(agency) == []


def test_a_running_job_stops_at_its_next_report_once_asked_to(agency, member):
    run = Run(claim(start(agency, "test.steps").pk))
    assert cancel(run.job, member(agency))
    with pytest.raises(Cancelled):
        run.report(1, 2)


def test_progress_is_written_at_most_twice_a_second_but_a_new_phase_at_once(
    agency, django_assert_num_queries
):
    run = Run(claim(start(agency, "test.steps").pk))
    run.report(1, 10, "reading")
    with django_assert_num_queries(0):
        run.report(2, 10, "reading")
    with django_assert_num_queries(2):
        run.report(3, 10, "storing")
    assert Job.objects.for_agency(agency).get().done == 3


def test_an_unreachable_remote_is_tried_again_later_and_later(agency):
    job = failing(agency, *[Unreachable("down", words="Bad gateway") for _ in range(8)])
    waits = []
    for _ in range(7):
        again(job)
        assert (job.status, job.error, job.error_kind) == (Status.WAITING, "Bad gateway", "unreachable")
        waits.append(job.not_before - timezone.now())
    assert waits[6] > waits[0] * 8
    assert again(job).status == Status.FAILED


def test_a_throttled_job_waits_as_long_as_the_remote_said(agency):
    job = again(failing(agency, Throttled("slow down", wait=120)))
    assert job.status == Status.WAITING
    assert timedelta(seconds=118) < job.not_before - timezone.now() < timedelta(seconds=145)


def test_a_refusal_is_final_and_keeps_the_words(agency):
    job = again(failing(agency, Refused("no", words="Le bien est archivé.")))
    assert (job.status, job.error) == (Status.FAILED, "Le bien est archivé.")
    assert [event.event for event in job.events.all()] == ["asked", "failed"]


@pytest.mark.parametrize(
    "error", [Unauthorised("401", words="Invalid key"), Malformed("html", raw=b"<html>")]
)
def test_a_single_401_or_garbled_answer_is_not_believed(agency, error):
    job = failing(agency, error, error, error)
    assert again(job).status == Status.WAITING
    assert again(job).status == Status.WAITING
    assert again(job).status == Status.FAILED


def test_a_file_that_is_not_what_was_promised_is_not_asked_for_again(agency):
    job = again(failing(agency, Untrusted("other bytes", raw=b"PK")))
    assert (job.status, job.error_kind, bytes(job.evidence)) == (Status.FAILED, "untrusted", b"PK")
    assert "given to nobody" in str(job.sentence)


def test_a_key_for_the_other_environment_is_not_tried_again(agency):
    job = again(failing(agency, WrongEnvironment("seeki_test_ at production")))
    assert (job.status, job.error_kind) == (Status.FAILED, "wrongenvironment")
    assert "Nothing was sent" in str(job.sentence)


def test_what_the_remote_sent_is_kept_for_inspection(agency):
    job = again(failing(agency, Malformed("html", raw=b"<html>oops")))
    assert bytes(job.evidence) == b"<html>oops"


def test_success_clears_the_error_before_it(agency):
    job = again(failing(agency, Unreachable("down", words="down")))
    again(job)
    assert (job.status, job.error, job.error_kind, job.evidence) == (Status.DONE, "", "", None)


def test_our_own_mistakes_are_logged_and_say_nothing_of_their_insides(agency, caplog):
    job = again(failing(agency, ValueError("secret detail")))
    assert (job.status, job.error_kind, job.error) == (Status.WAITING, "internal", "")
    assert "secret detail" in caplog.text
    assert "operators" in str(job.sentence)
