"""An agency whose leads come from a simulated AVIV, and jobs worked off at once."""

from secrets import token_urlsafe

import pytest
from django.utils import timezone

from estates.connections.systems import aviv_slots
from estates.connections.vault import seal
from estates.jobs.models import Job, Status
from estates.jobs.work import work
from estates.leads import sources
from estates.leads.aviv import subscribing
from estates.leads.models import Lead, LeadSource, WebhookKey, WebhookSubscription
from estates.remotes.secret import Secret
from portal.sandbox import sandbox


@pytest.fixture
def box(settings):
    aviv_slots.cache_clear()
    with sandbox(estates=5, leads=0) as running:
        settings.REMOTE_URLS = {
            **settings.REMOTE_URLS,
            ("aviv", "production"): running.aviv.url,
            ("aviv", "sandbox"): running.aviv.trial.address,
        }
        settings.AVIV_TOKEN_URL = running.aviv.token_url
        yield running


@pytest.fixture
def account(box):
    return box.aviv.create_account("one")


@pytest.fixture
def source(agency, connected, account):
    connection = connected(agency, "aviv", account.token)
    return LeadSource.objects.create(agency=agency, connection=connection, next_at=timezone.now())


@pytest.fixture
def finish():
    """Works a job to its end, at once whatever it waits for."""

    def through(job: Job, slices: int = 9) -> Job:
        for _ in range(slices):
            Job.objects.across_agencies().filter(pk=job.pk).update(not_before=timezone.now())
            work(job.pk)
            job.refresh_from_db()
            if job.status not in (Status.QUEUED, Status.WAITING):
                break
        return job

    return through


@pytest.fixture
def fetch(source, finish):
    """One fetch to its end."""
    return lambda slices=9: finish(sources.start_fetch(source.connection), slices)


@pytest.fixture
def ids():
    """The remote ids of an agency's leads."""
    return lambda agency: sorted(Lead.objects.for_agency(agency).values_list("remote_id", flat=True))


@pytest.fixture
def subscribed():
    """`subscribed(connection, key)` is a subscription of which AVIV has said that it is active."""

    def make(connection, key, **fields) -> WebhookSubscription:
        fields = {"opaque": token_urlsafe(32), "state": "ACTIVE", "active_since": timezone.now()} | fields
        made = WebhookSubscription.objects.create(agency=connection.agency, connection=connection, **fields)
        WebhookKey.objects.create(subscription=made, ciphertext=seal(Secret(key)))
        return made

    return make


@pytest.fixture
def subscribe_for_real(finish):
    """Asks AVIV for announcements and waits until it has agreed."""

    def ask(connection, user=None) -> WebhookSubscription:
        assert finish(subscribing.subscribe(connection, user)).status == Status.DONE
        return WebhookSubscription.objects.for_agency(connection.agency).latest("pk")

    return ask
