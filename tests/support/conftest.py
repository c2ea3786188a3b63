"""An agency with a site at the simulated Ts-Immo on loopback, and what its people write to support."""

import pytest
from django.utils import timezone

from accounts.models import Membership, User
from accounts.roles import Role
from estates.jobs.models import Job, Status
from estates.jobs.run import Run
from estates.jobs.work import work
from estates.remotes import exchange
from portal.sandbox import sandbox
from support import writing
from support.delivery import bringing
from support.mirror import mirror
from support.models import Draft, Message, Ticket
from tests.support import making

DOMAIN = "www.agence-martin.example"
STEPS_OF_CLIENT = ("tickets", "ticket", "open_ticket", "comment", "close_ticket")


class Killed(BaseException):
    """The process is gone: nothing below catches it."""


@pytest.fixture
def box(settings, monkeypatch):
    monkeypatch.setattr(exchange, "FIRST_PAUSE", 0.0)
    with sandbox(estates=0) as running:
        settings.REMOTE_URLS = {
            **settings.REMOTE_URLS,
            ("ts_immo", "production"): f"{running.url}/ts-immo/v1",
        }
        yield running


@pytest.fixture
def account(box):
    """The agency's account at the simulated Ts-Immo."""
    return box.account("martin")


@pytest.fixture
def settled(monkeypatch):
    """Whether a call has arrived is seen at Ts-Immo at once."""
    monkeypatch.setattr(bringing, "SETTLE", 0.0)


@pytest.fixture
def connection(agency, account):
    return making.connection(agency, key=account.key, label="Lyon")


@pytest.fixture
def site(connection):
    return making.site(connection, DOMAIN, state="active")


@pytest.fixture
def colleague(agency):
    """`colleague("ana")` is an agent of the agency, made at the first call."""

    def get(name, role=Role.AGENT, of=None, language="en") -> User:
        found = User.objects.filter(email=f"{name}@colleagues.example").first()
        if found is None:
            found = User.objects.create_user(
                f"{name}@colleagues.example", name=name.title(), language=language
            )
            Membership.objects.create(agency=of or agency, user=found, role=role)
        return found

    return get


@pytest.fixture
def opened(agency, site, colleague):
    """`opened("Subject", "Text", by=ana)` is a ticket as somebody wrote it, waiting to be sent."""

    def do(subject="Photos", text="The photos are missing.", by=None, **fields) -> Ticket:
        by = by or colleague("ana")
        draft = Draft.objects.create(agency=agency, user=by, subject=subject, text=text, **fields)
        return writing.open_ticket(draft, site)

    return do


@pytest.fixture
def commented(agency, colleague):
    """`commented(ticket, "Text", by=ana)` is a comment as somebody wrote it, waiting to be sent."""

    def do(ticket, text="Any news?", by=None) -> Message:
        draft = Draft.objects.create(agency=agency, user=by or colleague("ana"), ticket=ticket, text=text)
        return writing.comment(draft, fresh(ticket))

    return do


@pytest.fixture
def taken_in(opened, account, settled):
    """A ticket that Ts-Immo has, and what it is there."""

    def do(*words, **fields):
        ticket = opened(*words, **fields)
        assert done(job_of(ticket)).status == Status.DONE
        ticket = fresh(ticket)
        return ticket, account.tickets[ticket.remote_id]

    return do


@pytest.fixture
def mirrored(agency, connection):
    """Reads the domain's tickets, and gives the job when it has ended."""

    def do(domain=DOMAIN, closed_too=False, status=Status.DONE) -> Job:
        job = done(mirror.start_mirror(agency, connection, domain, closed_too=closed_too))
        assert job.status == status, (job.error_kind, job.error)
        return job

    return do


def fresh(row):
    rows = type(row).objects.for_agency(row.agency).select_related("agency")
    return rows.get(pk=row.pk)


def job_of(ticket) -> Job:
    """The newest job that sends what waits in the ticket."""
    jobs = Job.objects.for_agency(ticket.agency).filter(kind=writing.SEND, subject=f"ticket:{ticket.pk}")
    return jobs.order_by("-pk").first()


def worked(job) -> Job:
    """The job after its next attempt, without the wait before it."""
    Job.objects.across_agencies().filter(pk=job.pk).update(not_before=timezone.now())
    assert work(job.pk)
    job.refresh_from_db()
    return job


def done(job, slices=30) -> Job:
    """The job to its end, at once whatever it waits for."""
    for _ in range(slices):
        job.refresh_from_db()
        if not job.is_open:
            break
        worked(job)
    return job


def taken_back(job) -> Job:
    """The job of a worker that died, in line again."""
    Job.objects.across_agencies().filter(pk=job.pk, status=Status.RUNNING).update(
        status=Status.QUEUED, claim="", attempts=0, crashes=0
    )
    job.refresh_from_db()
    return job


def messages_of(ticket) -> list[Message]:
    return list(Message.objects.for_agency(ticket.agency).filter(ticket=ticket).order_by("pk"))


def deliveries(ticket) -> list[str]:
    return [message.delivery for message in messages_of(ticket)]


def calls(box, operation) -> int:
    return sum(entry.operation == operation for entry in box.received)


class Death:
    """Kills the worker at the point of that number: before or after a step, or a call to Ts-Immo."""

    def __init__(self, patched, at: int) -> None:
        from estates.remotes.ts_immo import TsImmoClient

        self.left, self.where = at, ""
        for name in STEPS_OF_CLIENT:
            patched.setattr(TsImmoClient, name, self.deadly(name, getattr(TsImmoClient, name)))
        patched.setattr(Run, "step", self.deadly_step(Run.step))

    def perhaps(self, where: str) -> None:
        self.left -= 1
        if self.left == -1:
            self.where = where
            raise Killed(where)

    def deadly(self, name, call):
        def risky(*arguments, **named):
            self.perhaps(f"before {name}")
            answer = call(*arguments, **named)
            self.perhaps(f"after {name}")
            return answer

        return risky

    def deadly_step(self, step):
        from contextlib import contextmanager

        @contextmanager
        def risky(run, **named):
            self.perhaps("before a step")
            with step(run, **named):
                yield
                self.perhaps("inside a step")
            self.perhaps("after a step")

        return risky


def works_but_dies(job, monkeypatch, at: int) -> str:
    """Where the worker died, in whichever attempt; "" where the job had come to its end before."""
    with monkeypatch.context() as patched:
        death = Death(patched, at)
        try:
            done(job)
        except Killed:
            taken_back(job)
    return death.where
