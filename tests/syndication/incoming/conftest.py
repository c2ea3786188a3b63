"""An agency with a plan at Seeki, a storage of its own, and a client that remembers what is sent."""

from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.roles import Role
from estates.connections.models import Connection
from estates.jobs.models import Job, Status
from estates.jobs.work import work
from estates.syndication.incoming import sending
from estates.syndication.incoming.receiving import receive
from estates.syndication.models import Feed, FeedItem, Listing, Plan
from tests.syndication.incoming.making import Seeki, feed


@pytest.fixture(autouse=True)
def storage(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def plan(agency) -> Plan:
    return plan_of(agency)


@pytest.fixture
def other_plan(other_agency) -> Plan:
    return plan_of(other_agency)


@pytest.fixture
def agent(agency, member):
    return member(agency, Role.AGENT)


@pytest.fixture
def seeki(monkeypatch) -> Seeki:
    """Stands in for the client of every connection."""
    client = Seeki()

    @contextmanager
    def client_for(connection, kind):
        yield client

    monkeypatch.setattr(sending, "client_for", client_for)
    return client


@pytest.fixture
def received(plan, agent):
    """`received(b"…")` is a file that has come in and was read."""

    def do(body=None, name="export.xml", of=None) -> Feed:
        got = receive(of or plan, iter([body if body is not None else feed("A-1", "A-2")]), name, agent)
        done(job_of(got))
        return fresh(got)

    return do


@pytest.fixture
def sent(received, seeki, agent):
    """`sent(b"…")` is a file that has been sent on."""

    def do(body=None, **named) -> Feed:
        got = received(body, **named)
        sending.ask_send(got, agent)
        done(job_of(got))
        return fresh(got)

    return do


@pytest.fixture
def upload(agency, browser, plan):
    """`upload(b"…")` is the answer to an upload by the browser."""

    def post(body=None, name="export.xml", role=Role.AGENT, **more):
        file = SimpleUploadedFile(name, feed("A-1", "A-2") if body is None else body)
        headers = more.pop("headers", {})
        return browser(agency, role).post(
            url("upload", agency),
            {"file": file, "connection": plan.connection_id, **more},
            headers=headers,
        )

    return post


def plan_of(agency, label="Lyon", active=True, **fields) -> Plan:
    connection = Connection.objects.create(agency=agency, system="seeki", label=label, **fields)
    return Plan.objects.create(agency=agency, connection=connection, active=active)


def url(name, agency, *pk) -> str:
    return reverse(f"syndication:{name}", args=[agency.slug, *pk])


def fresh(row):
    return type(row).objects.for_agency(row.agency).get(pk=row.pk)


def items(of: Feed) -> dict[str, FeedItem]:
    return {item.external_id: item for item in of.items.order_by("ordinal")}


def states(of: Feed) -> dict[str, str]:
    return {number: item.state for number, item in items(of).items()}


def listings(plan) -> dict[str, Listing]:
    rows = Listing.objects.for_agency(plan.agency).filter(plan=plan)
    return {row.external_id: row for row in rows}


def job_of(of: Feed) -> Job:
    """The newest job about the file."""
    return Job.objects.for_agency(of.agency).filter(subject=f"feed:{of.pk}").order_by("-pk").first()


def worked(job) -> Job:
    """The job after its next attempt, without the wait before it."""
    Job.objects.across_agencies().filter(pk=job.pk).update(not_before=timezone.now())
    assert work(job.pk)
    job.refresh_from_db()
    return job


def done(job, slices=30, status=Status.DONE) -> Job:
    """The job to its end, at once whatever it waits for."""
    for _ in range(slices):
        job.refresh_from_db()
        if not job.is_open:
            break
        worked(job)
    assert job.status == status, (job.status, job.error_kind, job.error)
    return job


def taken_back(job) -> Job:
    """The job of a worker that died, in line again."""
    Job.objects.across_agencies().filter(pk=job.pk, status=Status.RUNNING).update(
        status=Status.QUEUED, claim="", attempts=0, crashes=0
    )
    job.refresh_from_db()
    return job


def online(plan, *numbers, days=40) -> None:
    """Seeki has confirmed these listings."""
    rows = Listing.objects.for_agency(plan.agency).filter(plan=plan, external_id__in=numbers)
    at = timezone.now()
    rows.update(stage="done", live_since=at, live_until=at + timedelta(days=days), poll_at=None, due_at=None)


def trail(agency, action) -> list[str]:
    entries = AuditEntry.objects.for_agency(agency).filter(action=f"feed.{action}")
    return list(entries.order_by("number").values_list("subject", flat=True))


def lying(storage) -> list[str]:
    """The files in the storage, by their path."""
    return sorted(str(path.relative_to(storage)) for path in storage.rglob("*") if path.is_file())
