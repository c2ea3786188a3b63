"""The ledger over real pulls of the simulated marketing-lab, with answers lost on the way."""

import pytest
from django.utils import timezone

from estates.jobs.models import Job, Status
from estates.jobs.work import work
from estates.leads import sources
from estates.leads.ledger.compare import ledger_of
from estates.leads.models import Lead, LeadSource
from portal.sandbox import sandbox
from portal.sandbox.faults import Fault

pytestmark = pytest.mark.django_db


@pytest.fixture
def box(settings):
    with sandbox(estates=0) as running:
        url = f"{running.url}{running.marketing_lab.base}"
        settings.REMOTE_URLS = {**settings.REMOTE_URLS, ("marketing_lab", "production"): url}
        yield running


@pytest.fixture
def account(box):
    return box.marketing_lab.create_account("one")


@pytest.fixture
def pulled(agency, connected, account):
    """Fetches everything by pulling, however often it is tried again, and gives the ledger."""
    connection = connected(agency, key=account.key)
    LeadSource.objects.create(
        agency=agency, connection=connection, mode=LeadSource.Mode.PULL, next_at=timezone.now()
    )

    def fetch():
        job = sources.start_fetch(connection)
        for _ in range(12):
            Job.objects.across_agencies().filter(pk=job.pk).update(not_before=timezone.now())
            work(job.pk)
            job.refresh_from_db()
            if not job.is_open:
                break
        assert job.status == Status.DONE
        return ledger_of(connection)

    return fetch


def test_what_was_pulled_is_here(account, pulled):
    account.add_contacts(450)
    ledger = pulled()
    assert (ledger.given, ledger.here, ledger.holds) == (450, 450, True)
    assert set(ledger.operations) == {"readContacts", "pullContacts", "getPulledContacts"}


@pytest.mark.parametrize("kind", ["lost", "truncated_json"])
def test_an_answer_that_is_lost_makes_no_difference_once_it_is_compared(kind, box, account, pulled):
    account.add_contacts(30)
    box.dial.set(Fault(kind, operation="pull_contacts", times=1))
    ledger = pulled()
    assert (ledger.given, ledger.holds) == (30, True)


def test_what_vanished_here_is_named(agency, account, pulled):
    account.add_contacts(5)
    pulled()
    gone = Lead.objects.for_agency(agency).order_by("pk")[0]
    gone.delete()
    ledger = ledger_of(gone.connection)
    assert ledger.missing == [gone.remote_id]
