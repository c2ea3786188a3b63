"""What a remote said while a job worked is stored only as far as every room lets it."""

import pytest

from estates.jobs import keeping
from estates.jobs.keeping import register_censor
from estates.jobs.models import Job
from estates.jobs.start import start
from estates.jobs.work import work
from estates.remotes.errors import Malformed
from tests.jobs import kinds


@pytest.fixture
def failed(agency, monkeypatch):
    """A job that failed on what a remote said, after the censors that are given."""

    def do(words: str, raw: bytes, *censors) -> Job:
        monkeypatch.setattr(keeping, "_censors", [])
        for censor in censors:
            register_censor(censor)
        kinds.ERRORS["it"] = [Malformed(words, words=words, raw=raw)]
        job = start(agency, "test.fails", title="it")
        assert work(job.pk)
        job.refresh_from_db()
        return job

    return do


def without_jean(job: Job, text: str) -> str:
    return text.replace("Jean", "")


def nothing(job: Job, text: str) -> str:
    return ""


def test_words_and_evidence_are_stored_without_what_a_room_takes_out(failed):
    job = failed("no Jean here", b"[Jean, Marie]", without_jean)
    assert (job.error, bytes(job.evidence)) == ("no  here", b"[, Marie]")
    assert [event.words for event in job.events.all()] == ["", "no  here"]


def test_every_room_is_asked_once(failed):
    job = failed("Jean", b"Jean \xff", without_jean, without_jean, nothing)
    assert (job.error, job.evidence) == ("", None)
    assert job.error_kind == "malformed"


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00 Marie", b"{}"])
def test_bytes_that_nobody_objects_to_stay_as_they_came(failed, raw):
    assert bytes(failed("x", raw, without_jean).evidence) == raw


def test_the_censor_knows_whose_job_it_is(failed, agency):
    seen = []
    failed("x", b"", lambda job, text: seen.append(job.agency) or text)
    assert seen == [agency]
