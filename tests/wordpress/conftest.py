"""Sites of two agencies, their people, and the simulated Ts-Immo on loopback."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from estates.catalogue.models import Estate
from estates.connections.models import Connection, ConnectionKey, State
from estates.connections.vault import seal
from estates.jobs.models import Job
from estates.jobs.work import work
from estates.remotes.secret import Secret
from estates.wordpress.models import Site
from estates.wordpress.sites import add_site
from portal.sandbox import sandbox

DOMAIN = "www.agence-martin.example"
WRONG_KEY = "plg_wrong_0123456789"


@pytest.fixture
def box(settings):
    with sandbox(estates=3) as running:
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
def connected(db):
    """`connected(agency, key)` is the agency's Ts-Immo connection, made at the first call."""

    def get(agency, key="tsi_demo_martin_4f7c2a", label="Lyon") -> Connection:
        found = Connection.objects.for_agency(agency).filter(label=label).first()
        if found is None:
            found = Connection.objects.create(
                agency=agency, system="ts_immo", label=label, state=State.WORKING
            )
            ConnectionKey.objects.create(connection=found, ciphertext=seal(Secret(key)), last_four=key[-4:])
        return found

    return get


@pytest.fixture
def manager(agency, member):
    return member(agency, Role.MANAGER)


@pytest.fixture
def add(connected):
    """`add(agency, domain=…, key=…, state="active", …)` is a site in that state, however it came there."""

    def make(agency, domain=DOMAIN, key=WRONG_KEY, **fields) -> Site:
        site = add_site(agency, None, connection=connected(agency), domain=domain, secret=Secret(key))
        Site.objects.for_agency(agency).filter(pk=site.pk).update(**fields)
        return Site.objects.for_agency(agency).select_related("agency", "connection").get(pk=site.pk)

    return make


@pytest.fixture
def site(agency, add, account):
    """An inactive site with the right plugin key."""
    return add(agency, key=account.plugin_auth_key)


@pytest.fixture
def lists(connected):
    """`lists(agency, 3)` puts three present estates at the agency's connection."""

    def make(agency, number, **fields) -> None:
        now, connection = timezone.now(), connected(agency)
        start = Estate.objects.for_agency(agency).count()
        known = {"created_at": now, "first_seen_at": now, "changed_at": now, "digest": b"", **fields}
        Estate.objects.across_agencies().bulk_create(
            Estate(agency=agency, connection=connection, remote_id=str(start + n), **known)
            for n in range(number)
        )

    return make


def url(name, agency, *pk):
    return reverse(f"wordpress:{name}", args=[agency.slug, *pk])


def worked(job) -> Job:
    """The job after its next attempt, without the wait before it."""
    Job.objects.for_agency(job.agency).filter(pk=job.pk).update(not_before=timezone.now())
    assert work(job.pk)
    job.refresh_from_db()
    return job


def worn_out(job) -> Job:
    """The job after as many attempts as it takes to end."""
    while worked(job).is_open:
        assert job.attempts < 20
    return job


def fresh(site) -> Site:
    return Site.objects.for_agency(site.agency).select_related("agency", "connection").get(pk=site.pk)


def told(site) -> list[str]:
    """The site's history, oldest first."""
    return [event.what for event in reversed(site.events.all())]


def in_days(number):
    return timezone.now().date() + timedelta(days=number)


def calls(box, operation) -> int:
    return sum(entry.operation == operation for entry in box.received)
