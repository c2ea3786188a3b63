"""Failures in groups: what is in them, what is not, and trying all of one again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from estates.jobs import failures
from estates.jobs.models import OPEN, Job, Status
from estates.jobs.start import start
from tests.jobs import kinds  # noqa: F401


@pytest.fixture
def failed():
    """`failed(agency, "a")` is a job about that subject, failed just now with the given words."""

    def make(
        of, subject, words="Bad gateway", error_kind="unreachable", kind="test.steps", age=timedelta()
    ) -> Job:
        job = start(of, kind, subject=subject, title=subject)
        Job.objects.for_agency(of).filter(pk=job.pk).update(
            status=Status.FAILED, error=words, error_kind=error_kind, finished_at=timezone.now() - age
        )
        job.refresh_from_db()
        return job

    return make


def test_the_same_kind_and_words_are_one_group_over_all_agencies(agency, other_agency, failed):
    failed(agency, "a")
    failed(agency, "b")
    newest = failed(other_agency, "a")
    failed(agency, "c", words="Unknown estate", error_kind="refused")
    first, second = failures.groups(10)
    assert (first.newest, first.number, first.agencies) == (newest, 3, 2)
    assert first.last == newest.finished_at
    assert (second.newest.error, second.number, second.agencies) == ("Unknown estate", 1, 1)
    assert [group.number for group in failures.groups(1)] == [3]


@pytest.mark.parametrize("status", [*OPEN, Status.DONE, Status.CANCELLED])
def test_what_a_later_job_took_over_is_no_failure_any_more(agency, other_agency, failed, status):
    old = failed(agency, "a")
    failed(other_agency, "a")
    later = start(agency, old.kind, subject="a")
    Job.objects.for_agency(agency).filter(pk=later.pk).update(status=status)
    assert [group.newest.agency for group in failures.groups(10)] == [other_agency]


def test_of_a_subject_that_fails_again_and_again_the_last_counts(agency, failed):
    failed(agency, "a")
    last = failed(agency, "a")
    assert [(group.newest, group.number) for group in failures.groups(10)] == [(last, 1)]


def test_what_failed_long_ago_is_over(agency, failed):
    old = failed(agency, "a", age=failures.LOOKED_BACK + timedelta(minutes=1))
    assert failures.groups(10) == []
    assert failures.Group.alike(old) is None


def test_all_of_a_group_are_tried_again_each_in_its_agencys_trail(agency, other_agency, failed, member):
    failed(agency, "a")
    failed(other_agency, "b")
    other = failed(agency, "c", words="Unknown estate")
    [group] = [group for group in failures.groups(10) if group.number == 2]
    assert failures.try_group_again(group, member(agency)) == 2
    fresh = Job.objects.across_agencies().filter(status=Status.QUEUED)
    assert {(job.agency, job.subject) for job in fresh} == {(agency, "a"), (other_agency, "b")}
    assert [group.newest for group in failures.groups(10)] == [other]
    for one in (agency, other_agency):
        entry = AuditEntry.objects.for_agency(one).get(action="job.tried_again")
        assert entry.actor == member(agency)
    assert failures.try_group_again(group, member(agency)) == 0, "they are under way already"


def test_what_failed_after_the_page_was_looked_at_is_left_alone(agency, failed, member):
    failed(agency, "a")
    [group] = failures.groups(10)
    failed(agency, "b")
    assert failures.try_group_again(group, member(agency)) == 1
    assert [group.newest.subject for group in failures.groups(10)] == ["b"]


def test_a_large_group_is_tried_in_parts_the_oldest_first(agency, failed, member, monkeypatch):
    monkeypatch.setattr(failures, "AT_ONCE", 2)
    for subject in "abc":
        failed(agency, subject)
    [group] = failures.groups(10)
    assert failures.try_group_again(group, member(agency)) == 2
    [rest] = failures.groups(10)
    assert (rest.newest.subject, rest.number) == ("c", 1)


@pytest.mark.parametrize("error_kind", failures.NOT_TOGETHER)
def test_what_kills_workers_or_cannot_help_is_not_tried_together(agency, failed, member, error_kind):
    failed(agency, "a", error_kind=error_kind)
    [group] = failures.groups(10)
    assert group.obstacle
    assert failures.try_group_again(group, member(agency)) == 0
    assert not Job.objects.for_agency(agency).filter(status=Status.QUEUED).exists()


def test_a_kind_that_is_no_more_is_not_tried(agency, failed, member):
    job = failed(agency, "a")
    Job.objects.for_agency(agency).filter(pk=job.pk).update(kind="test.gone")
    [group] = failures.groups(10)
    assert group.obstacle
    assert failures.try_group_again(group, member(agency)) == 0
