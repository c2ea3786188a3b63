from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.roles import Role
from estates.jobs.models import Job
from estates.leads.batches import keep
from estates.leads.models import Batch, LeadSource, Programme, Pull
from estates.leads.saving import set_apart
from portal.needs import told
from portal.needs.leads import full_sources, unsettled_sources

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(agency, connected) -> LeadSource:
    return LeadSource.objects.create(agency=agency, connection=connected(agency), next_at=timezone.now())


@pytest.fixture
def page(agency, source):
    return lambda name, pk=None: reverse(f"leads:{name}", args=[agency.slug, pk or source.pk])


def mode_of(agency) -> str:
    return LeadSource.objects.for_agency(agency).get().mode


def test_the_list_shows_mode_and_runs(agency, source, browser):
    LeadSource.objects.for_agency(agency).update(run_at=timezone.now())
    text = browser(agency, Role.VIEWER).get(reverse("leads:sources", args=[agency.slug])).content.decode()
    assert "marketing-lab · Siège" in text
    assert "Read only" in text
    assert "Fetch now" not in text


def test_without_a_source_the_page_says_what_to_do(agency, browser):
    text = browser(agency).get(reverse("leads:sources", args=[agency.slug])).content.decode()
    assert "No source of leads is connected yet" in text


def test_agents_fetch_now_and_viewers_do_not(agency, source, browser, page):
    assert browser(agency, Role.VIEWER).post(page("fetch")).status_code == 403
    assert not Job.objects.for_agency(agency).exists()
    assert browser(agency, Role.AGENT).post(page("fetch")).status_code == 302
    assert Job.objects.for_agency(agency).get().kind == "leads.fetch_marketing_lab"


def test_nothing_is_fetched_with_a_deleted_key(agency, source, browser, page):
    source.connection.removed_at = timezone.now()
    source.connection.save()
    answer = browser(agency, Role.AGENT).post(page("fetch"), follow=True)
    assert "The key of this source was deleted" in answer.content.decode()
    assert not Job.objects.for_agency(agency).exists()


def test_pulling_needs_a_manager_and_says_what_it_does_first(agency, source, browser, page):
    assert browser(agency, Role.AGENT).post(page("mode"), {"mode": "pull"}).status_code == 403
    manager = browser(agency, Role.MANAGER)
    text = manager.get(page("mode")).content.decode()
    assert "no longer sees these contacts" in text
    assert mode_of(agency) == "read"
    manager.post(page("mode"), {"mode": "pull"})
    assert mode_of(agency) == "pull"
    assert AuditEntry.objects.for_agency(agency).get().detail == {"mode": "pull"}


@pytest.mark.parametrize("posted", ["", "read", "nonsense"])
def test_a_form_that_is_out_of_date_changes_nothing(agency, source, browser, page, posted):
    browser(agency, Role.MANAGER).post(page("mode"), {"mode": posted})
    assert mode_of(agency) == "read"
    assert not AuditEntry.objects.for_agency(agency).exists()


def alarms(agency):
    return told(agency, full_sources, unsettled_sources)


@pytest.mark.parametrize(
    ("mode", "words"), [("read", "newer ones may be hidden"), ("pull", "Look at the ledger")]
)
def test_a_full_answer_raises_an_alarm_that_says_what_it_means(agency, source, browser, mode, words):
    LeadSource.objects.for_agency(agency).update(is_full=True, mode=mode)
    (alarm,) = alarms(agency)
    assert words in alarm.sentence
    text = browser(agency).get(reverse("dashboard", args=[agency.slug])).content.decode()
    assert words in text


def test_a_pull_that_is_not_compared_raises_an_alarm_after_a_while(agency, source):
    pull = Pull.objects.create(agency=agency, connection=source.connection)
    assert alarms(agency) == []
    Pull.objects.for_agency(agency).filter(pk=pull.pk).update(asked_at=timezone.now() - timedelta(hours=1))
    assert "has not been compared" in alarms(agency)[0].sentence
    Pull.objects.for_agency(agency).update(stage=Pull.Stage.SETTLED)
    assert alarms(agency) == []


def test_a_source_whose_key_is_gone_raises_no_alarm(agency, source):
    LeadSource.objects.for_agency(agency).update(is_full=True)
    source.connection.removed_at = timezone.now()
    source.connection.save()
    assert alarms(agency) == []


def test_what_people_wrote_is_for_managers(agency, source, browser, page):
    keep(source.connection, "readContacts", b'[{"action_id": 1, "prospect_nom": "Dupont"}]', 1)
    set_apart(source.connection, b'{"prospect_nom": "Durand"}', "no usable action_id")
    batch = Batch.objects.for_agency(agency).get()
    agent, manager = browser(agency, Role.AGENT), browser(agency, Role.MANAGER)
    assert agent.get(page("answer", batch.pk)).status_code == 403
    assert "Dupont" in manager.get(page("answer", batch.pk)).content.decode()
    seen = agent.get(page("source")).content.decode()
    assert "no usable action_id" in seen
    assert "Durand" not in seen
    assert "Durand" in manager.get(page("source")).content.decode()


def test_markup_in_an_answer_stays_text(agency, source, browser, page):
    keep(source.connection, "readContacts", b'["<script>alert(1)</script>"]', 1)
    text = browser(agency).get(page("answer", Batch.objects.for_agency(agency).get().pk)).content.decode()
    assert "<script>alert" not in text


def test_a_huge_answer_is_cut_on_its_page(agency, source, browser, page):
    keep(source.connection, "readContacts", b'["' + b"x" * 3_000_000 + b'"]', 1)
    answer = browser(agency).get(page("answer", Batch.objects.for_agency(agency).get().pk))
    assert len(answer.content) < 300_000
    assert "only the beginning" in answer.content.decode()


def test_the_page_lists_pulls_and_programmes(agency, source, browser, page):
    Pull.objects.create(agency=agency, connection=source.connection, answered=None)
    Programme.objects.create(
        agency=agency, connection=source.connection, remote_id="1", name="Les Jardins", seen_at=timezone.now()
    )
    text = browser(agency).get(page("source")).content.decode()
    assert "no answer" in text
    assert "Les Jardins" in text


def test_the_ledger_page_names_what_is_not_here(agency, source, browser, page):
    keep(source.connection, "readContacts", b'[{"action_id": "lost-17"}]', 1)
    text = browser(agency, Role.VIEWER).get(page("ledger")).content.decode()
    assert "lost-17 was given and is not here." in text
