"""A partner's server that listens, and subscriptions to it."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from estates.catalogue.merge import merge
from estates.connections.models import Connection, System
from estates.jobs.models import Job, Status
from estates.jobs.work import work
from estates.remotes.ts_immo_estates import parse_estate
from estates.webhooks import delivering, subscribing
from estates.webhooks.kinds import EventType
from estates.webhooks.models import Delivery, Subscription
from tests.websites import Site, websites, with_body

HOST = "hooks.partner.example"
URL = f"https://{HOST}/passerelle"


@pytest.fixture
def web(tmp_path, settings):
    with websites(tmp_path) as web:
        web.site(HOST)
        settings.SITE_ADDRESSES, settings.SITE_CA_FILE = web.setting, web.ca_file
        yield web


@pytest.fixture
def receiver(web) -> Site:
    """It takes what it is sent, until a test scripts it otherwise."""
    site = web.sites[HOST]
    site.answers("/passerelle", with_body(b"taken", status=200))
    return site


@pytest.fixture
def subscribed() -> Callable[..., Subscription]:
    """`subscribed(agency, …)` listens to everything at the partner's server; `.secret` is what it was shown."""

    def make(agency, **fields) -> Subscription:
        fields = {"url": URL, "events": EventType.values} | fields
        made, secret = subscribing.subscribe(agency, None, **fields)
        made.secret = secret
        return made

    return make


@pytest.fixture
def deliver() -> Callable[[], list[Job]]:
    """Does what is due now, as the timer and the workers do; gives the jobs that it took."""

    def do() -> list[Job]:
        before = set(Job.objects.across_agencies().values_list("pk", flat=True))
        delivering.start_due()
        jobs = Job.objects.across_agencies().exclude(pk__in=before).order_by("pk")
        for job in jobs:
            for _ in range(9):
                work(job.pk)
                job.refresh_from_db()
                if job.status != Status.QUEUED:
                    break
        return list(Job.objects.across_agencies().filter(pk__in=[job.pk for job in jobs]))

    return do


@pytest.fixture
def states() -> Callable[..., list[tuple[str, int]]]:
    """State and tries of all deliveries of an agency, oldest first."""

    def get(agency) -> list[tuple[str, int]]:
        rows = Delivery.objects.for_agency(agency).order_by("pk")
        return [(str(row.state), row.tries) for row in rows]

    return get


@pytest.fixture
def catalogue() -> Callable[..., None]:
    """`catalogue(agency, "A", ("B", "title"))` merges these estates as a sync that lists them does."""

    def merge_all(agency, *estates) -> None:
        connection, _ = Connection.objects.across_agencies().get_or_create(
            agency=agency, system=System.TS_IMMO, label="Lyon"
        )
        pairs = [each if isinstance(each, tuple) else (each, f"Estate {each}") for each in estates]
        merge(connection, [parse_estate({"id": pk, "title": title}) for pk, title in pairs], timezone.now())

    return merge_all
