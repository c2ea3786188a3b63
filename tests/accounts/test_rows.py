"""Many rows are written at once, each with values of its own."""

from datetime import UTC, datetime

import pytest

from accounts.models import User
from accounts.rows import update_rows
from estates.jobs.models import Job
from estates.leads.models import WebhookCall
from tests import canaries

AT = datetime(2026, 11, 28, 9, 30, 15, 123456, tzinfo=UTC)


@pytest.fixture
def jobs(agency) -> list[Job]:
    return [Job.objects.create(agency=agency, kind="jobs.test", subject=f"row:{at}") for at in range(3)]


def test_each_gets_its_own_values_of_every_kind_and_nothing_else_changes(agency, jobs):
    owner = User.objects.create_user("owner@martin.example")
    left = jobs.pop()
    for number, job in enumerate(jobs):
        job.params, job.done, job.heartbeat_at = {"é": [number, None]}, number, AT
        job.error, job.asked_by, job.title = f"100 % 'x' {number}", owner, "not among the named"
    update_rows(jobs, ["params", "done", "heartbeat_at", "error", "asked_by"])
    for number, job in enumerate(Job.objects.for_agency(agency).exclude(pk=left.pk).order_by("pk")):
        assert (job.params, job.done, job.heartbeat_at) == ({"é": [number, None]}, number, AT)
        assert (job.error, job.asked_by, job.title) == (f"100 % 'x' {number}", owner, "")
    assert Job.objects.for_agency(agency).filter(heartbeat_at=None).get() == left


def test_bytes_and_nothing_are_values_too(agency):
    canaries.fill(agency, "OWN")
    call = WebhookCall.objects.for_agency(agency).get()
    call.body, call.handled_at = b"\0\xff", None
    update_rows([call], ["body", "handled_at"])
    fresh = WebhookCall.objects.for_agency(agency).get(pk=call.pk)
    assert (bytes(fresh.body), fresh.handled_at) == (b"\0\xff", None)


def test_a_row_that_is_gone_stays_so(agency, jobs):
    Job.objects.for_agency(agency).filter(pk=jobs[0].pk).delete()
    update_rows(jobs, ["done"])
    update_rows([], ["done"])
    assert Job.objects.for_agency(agency).count() == len(jobs) - 1
