import time
from datetime import timedelta
from threading import Thread
from urllib.parse import parse_qsl

import pytest
from django.utils import timezone

from estates.connections.clients import client_for
from estates.connections.store import store_key
from estates.jobs.models import Job, Status
from estates.leads.ledger.compare import ledger_of
from estates.leads.models import Lead, LeadPayload, LeadSource, StrayItem
from estates.leads.sources import start_due_fetches
from estates.remotes.aviv import AvivClient
from estates.remotes.secret import Secret

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """The process is gone: nothing below catches it."""


def given(account) -> list[str]:
    return sorted(lead.id for lead in account.leads.all())


def asked(box) -> list[dict]:
    return [dict(parse_qsl(entry.query)) for entry in box.received if entry.operation == "leads"]


def test_the_first_fetch_reads_the_last_week_and_all_pages(agency, account, source, fetch, ids):
    account.add_leads(250, over_days=6.9)
    assert fetch().status == Status.DONE
    assert ids(agency) == given(account)
    source.refresh_from_db()
    assert timezone.now() - source.polled_to < timedelta(minutes=1)
    assert source.run_at


def test_a_lead_is_read_with_all_that_it_says(agency, account, source, fetch):
    account.add_leads(30)
    fetch()
    leads = list(Lead.objects.for_agency(agency))
    assert {lead.source for lead in leads} == {"aviv"}
    assert {lead.way for lead in leads} == {"poll"}
    for name in ("portal", "category", "intention", "email", "message", "classified_id", "phone_key"):
        assert any(getattr(lead, name) for lead in leads), name
    assert all(lead.expires_at > lead.happened_at for lead in leads)
    assert Job.objects.for_agency(agency).filter(kind="leads.file").exists()


def test_the_next_fetch_begins_two_hours_before_the_last_one(agency, account, source, fetch, box, ids):
    fetch()
    source.refresh_from_db()
    account.add_leads(3, over_days=1 / 24)
    fetch()
    assert ids(agency) == given(account), "what AVIV listed late must be found"
    begin = int(asked(box)[-1]["minDate"])
    assert begin == int((source.polled_to - timedelta(hours=2)).timestamp())


def test_after_weeks_away_windows_of_at_most_a_week_are_read(agency, account, source, fetch, box, ids):
    LeadSource.objects.for_agency(agency).update(polled_to=timezone.now() - timedelta(days=26))
    account.add_leads(40, over_days=25)
    assert fetch().status == Status.DONE
    assert ids(agency) == given(account)
    spans = [int(query["maxDate"]) - int(query["minDate"]) for query in asked(box)]
    assert len(spans) == 4
    assert max(spans) <= 7 * 86_400


def test_a_clock_that_was_ahead_skips_nothing(agency, account, source, fetch, ids):
    LeadSource.objects.for_agency(agency).update(polled_to=timezone.now() + timedelta(days=2))
    account.add_leads(2)
    fetch()
    assert ids(agency) == given(account)


def test_read_again_a_lead_is_there_once_and_changes_are_taken_over(agency, account, source, fetch, ids):
    (lead,) = account.add_leads(1)
    fetch()
    fetch()
    assert ids(agency) == [lead]


def test_what_avivs_person_took_back_is_gone_here_too(agency, account, source, fetch):
    first, second = account.add_leads(2)
    fetch()
    account.erase(first)
    fetch()
    gone, stays = (Lead.objects.for_agency(agency).get(remote_id=name) for name in (first, second))
    assert gone.erased_at
    assert not any((gone.first_name, gone.last_name, gone.email, gone.message, gone.phone, gone.search_text))
    assert gone.phones == []
    assert gone.person is None
    assert LeadPayload.objects.get(lead=gone).body == ""
    assert not stays.erased_at
    assert stays.last_name
    fetch()
    gone.refresh_from_db()
    assert gone.last_name == ""


def test_a_lead_that_was_blanked_before_we_ever_saw_it_is_not_kept(agency, account, source, fetch, ids):
    (lead,) = account.add_leads(1)
    account.erase(lead)
    assert fetch().status == Status.DONE
    assert ids(agency) == []


def test_no_leads_is_an_answer_and_no_failure(agency, source, fetch):
    assert fetch().status == Status.DONE
    source.refresh_from_db()
    assert source.polled_to


def test_an_outage_moves_nothing_and_the_next_fetch_finds_all(agency, account, source, fetch, box, ids):
    account.add_leads(5)
    box.fault("error_500", operation="leads", times=3)
    assert fetch(slices=1).status == Status.WAITING
    source.refresh_from_db()
    assert source.polled_to is None
    assert fetch().status == Status.DONE
    assert ids(agency) == given(account)


@pytest.mark.parametrize("links", [True, False])
def test_pages_are_found_with_and_without_links(agency, account, source, fetch, ids, links):
    account.links_next = links
    account.add_leads(230)
    fetch()
    assert ids(agency) == given(account)


def test_a_slice_goes_on_from_its_page_and_asks_for_none_twice(
    agency, account, source, fetch, box, ids, settings
):
    settings.JOB_SLICE_SECONDS = 0
    account.add_leads(350)
    job = fetch(slices=20)
    assert job.status == Status.DONE
    assert ids(agency) == given(account)
    starts = [query.get("start") for query in asked(box)]
    assert len(starts) == len(set(starts)) == 4


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("page", [1, 2, 3])
def test_a_worker_that_dies_loses_nothing(agency, account, source, fetch, ids, monkeypatch, when, page):
    account.add_leads(250)
    leads, calls = AvivClient.leads, []

    def dies_with_the_page(self, *arguments, **options):
        calls.append(options)
        if len(calls) == page and when == "before":
            raise Killed
        answer = leads(self, *arguments, **options)
        if len(calls) == page:
            raise Killed
        return answer

    monkeypatch.setattr(AvivClient, "leads", dies_with_the_page)
    with pytest.raises(Killed):
        fetch()
    Job.objects.for_agency(agency).filter(kind="leads.fetch_aviv").update(status="queued", claim="")
    assert fetch().status == Status.DONE
    assert ids(agency) == given(account)


def test_a_lead_whose_time_ended_between_two_pages_does_not_stop_the_fetch(
    agency, account, source, fetch, settings
):
    settings.JOB_SLICE_SECONDS = 0
    names = account.add_leads(150)
    job = fetch(slices=1)
    account.live_until(job.checkpoint["start"], timezone.now() - timedelta(days=1))
    assert fetch(slices=20).status == Status.DONE
    assert Lead.objects.for_agency(agency).count() == len(names)


def test_a_list_without_end_is_left(agency, account, source, fetch, monkeypatch):
    account.add_leads(120)
    leads = AvivClient.leads
    monkeypatch.setattr(
        AvivClient, "leads", lambda self, *a, start=None, **o: leads(self, *a, start=None, **o)
    )
    assert fetch().status == Status.DONE
    assert Lead.objects.for_agency(agency).count() == 100


def test_items_that_are_no_leads_are_set_apart(agency, account, source, fetch, box):
    account.add_leads(3)
    real = account.leads.document

    def spoiled(lead):
        document = real(lead)
        if lead.number == 1:
            document["metadata"].pop("leadId")
        return document

    account.leads.document = spoiled
    assert fetch().status == Status.DONE
    assert Lead.objects.for_agency(agency).count() == 2
    assert "leadId" in StrayItem.objects.for_agency(agency).get().reason


def test_a_new_key_plans_its_fetching_and_starts_it(agency, account):
    given = {"system": "aviv", "environment": "production", "label": "x", "verdict": None}
    connection = store_key(agency, None, secret=Secret(account.token), **given)
    source = LeadSource.objects.for_agency(agency).get(connection=connection)
    assert source.every_minutes == 5
    assert Job.objects.for_agency(agency).filter(kind="leads.fetch_aviv").count() == 1
    Job.objects.for_agency(agency).update(status="done")
    LeadSource.objects.for_agency(agency).update(next_at=timezone.now())
    assert start_due_fetches() == 1


def test_avivs_rule_of_manners_is_kept_while_two_fetch(
    agency, other_agency, connected, account, box, source, finish
):
    """Both connections share one limit, whoever's they are."""
    account.add_leads(60)
    second = box.aviv.create_account("two")
    other = connected(other_agency, "aviv", second.token)
    began = time.monotonic()
    with client_for(source.connection, AvivClient) as one, client_for(other, AvivClient) as two:
        threads = [Thread(target=client.subscriptions) for client in (one, two) * 20]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert box.aviv.manners.violations == 0
    assert time.monotonic() - began >= 0.5, "forty calls take four spans, or ten with a fifth of the places"


def test_the_ledger_counts_what_aviv_gave_and_finds_it_here(agency, account, source, fetch, ids):
    account.add_leads(7)
    fetch()
    account.erase(given(account)[0])
    fetch()
    ledger = ledger_of(source.connection)
    assert (ledger.given, ledger.here, ledger.holds) == (7, 7, True)
    Lead.objects.for_agency(agency).filter(remote_id=given(account)[1]).delete()
    ledger = ledger_of(source.connection)
    assert (ledger.missing, ledger.holds) == ([given(account)[1]], False)
