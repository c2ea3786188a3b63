"""The room's whole way against the simulated systems."""

import pytest
from django.urls import reverse

from estates.connections.models import Connection, State
from estates.connections.store import store_key
from estates.jobs.models import Job, Status
from estates.jobs.work import run_now, work
from estates.remotes.secret import Secret
from portal.sandbox import sandbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def box(settings):
    with sandbox(estates=3) as running:
        urls = {(system.name, "production"): f"{running.url}{system.base}" for system in running.systems}
        urls["seeki", "sandbox"] = f"{running.url}{running.seeki_staging.base}"
        settings.REMOTE_URLS = {**settings.REMOTE_URLS, **urls}
        yield running


def form(key, system="ts_immo"):
    return {"system": system, "environment": "production", "label": "Lyon", "key": key}


def test_from_a_mistyped_key_to_a_working_one_and_its_replacement(agency, browser, box):
    person, add = browser(agency), reverse("connections:add", args=[agency.slug])
    good = box.account("martin").key
    assert "Invalid or missing API key" in person.post(add, form(good + "x")).content.decode()
    assert person.post(add, form(f" {good}\n")).status_code == 302
    connection = Connection.objects.for_agency(agency).get()
    assert connection.state == State.WORKING

    replace = reverse("connections:replace", args=[agency.slug, connection.pk])
    person.post(replace, {"key": "tsi_demo_not_a_key"})
    work(Job.objects.for_agency(agency).latest("pk").pk)
    assert connection.keys.get(standing="pending").answer == "Invalid or missing API key"
    assert connection.keys.get(standing="live").last_four == good[-4:]

    better = box.create_account("martin-2", estates=1).key
    person.post(replace, {"key": better})
    run_now(Job.objects.for_agency(agency).latest("pk"))
    assert connection.keys.get().last_four == better[-4:]
    statuses = [entry.status for entry in box.received]
    assert statuses == [401, 200, 401, 200]
    assert {entry.operation for entry in box.received} == {"search_estates"}


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        ("error_500", State.FAILING),
        ("html_200", State.FAILING),
        ("truncated_json", State.FAILING),
        ("redirect", State.FAILING),
        ("dropped", State.FAILING),
        ("wrong_key", State.FAILING),
        ("throttled", State.WORKING),
        ("message_list", State.WORKING),
    ],
)
def test_a_connection_shows_what_becomes_of_it(agency, browser, box, fault, state):
    person = browser(agency)
    person.post(reverse("connections:add", args=[agency.slug]), form(box.account("martin").key))
    connection = Connection.objects.for_agency(agency).get()
    box.fault(fault)
    person.post(reverse("connections:check", args=[agency.slug, connection.pk]))
    work(Job.objects.for_agency(agency).get().pk)
    connection.refresh_from_db()
    assert connection.state == state
    assert connection.last_outcome != "ok"
    page = person.get(reverse("connections:index", args=[agency.slug])).content.decode()
    assert connection.get_last_outcome_display() in page


@pytest.fixture
def lab(box):
    """Agence Martin's account at marketing-lab, with contacts that no check may pull."""
    account = box.marketing_lab.accounts["martin"]
    account.add_contacts(3)
    yield account
    assert len(account.all_ready()) == 3
    assert {entry.operation for entry in box.received} <= {"regions"}


def test_a_key_of_marketing_lab_is_checked_before_it_is_stored(agency, browser, box, lab):
    person, add = browser(agency), reverse("connections:add", args=[agency.slug])
    refused = person.post(add, form("mlab_demo_nobody", "marketing_lab")).content.decode()
    assert "Invalid API Key" in refused
    assert not Connection.objects.for_agency(agency).exists()
    assert person.post(add, form(lab.key, "marketing_lab")).status_code == 302
    assert Connection.objects.for_agency(agency).get().state == State.WORKING
    assert [entry.status for entry in box.received] == [401, 200]


def test_a_key_of_marketing_lab_that_was_kept_unchecked_can_be_checked_now(agency, browser, box, lab, member):
    given = {"system": "marketing_lab", "environment": "production", "label": "Lyon", "verdict": None}
    connection = store_key(agency, member(agency), secret=Secret(lab.key), **given)
    person, listed = browser(agency), reverse("connections:index", args=[agency.slug])
    check = reverse("connections:check", args=[agency.slug, connection.pk])
    page = person.get(listed).content.decode()
    assert check in page
    assert "does not speak to this system" not in page
    person.post(check)
    assert run_now(Job.objects.for_agency(agency).get()).status == Status.DONE
    connection.refresh_from_db()
    assert connection.state == State.WORKING


def test_a_replacement_for_a_key_of_marketing_lab(agency, browser, box, lab, member):
    given = {"system": "marketing_lab", "environment": "production", "label": "Lyon", "verdict": None}
    connection = store_key(agency, member(agency), secret=Secret("mlab_demo_lapsed_0000"), **given)
    replace = reverse("connections:replace", args=[agency.slug, connection.pk])
    browser(agency).post(replace, {"key": "mlab_demo_mistyped_000"})
    work(Job.objects.for_agency(agency).latest("pk").pk)
    assert connection.keys.get(standing="pending").answer == "Invalid API Key"
    browser(agency).post(replace, {"key": lab.key})
    run_now(Job.objects.for_agency(agency).latest("pk"))
    assert connection.keys.get().last_four == lab.key[-4:]


@pytest.mark.parametrize(
    ("fault", "value", "state"),
    [
        ("wrong_key", "", State.FAILING),
        ("valid_false", "Invalid API Key", State.FAILING),
        ("valid_false", "Quota exceeded", State.WORKING),
        ("truncated_json", "", State.FAILING),
    ],
)
def test_a_key_of_marketing_lab_that_stops_working_shows(agency, browser, box, lab, fault, value, state):
    person = browser(agency)
    person.post(reverse("connections:add", args=[agency.slug]), form(lab.key, "marketing_lab"))
    connection = Connection.objects.for_agency(agency).get()
    box.fault(fault, value=value)
    person.post(reverse("connections:check", args=[agency.slug, connection.pk]))
    work(Job.objects.for_agency(agency).get().pk)
    connection.refresh_from_db()
    assert (connection.state, bool(connection.last_answer)) == (state, True)


@pytest.mark.parametrize("environment", ["production", "sandbox"])
def test_a_key_of_seeki_is_checked_where_it_belongs_and_changes_nothing(agency, browser, box, environment):
    there = {"production": box.seeki, "sandbox": box.seeki_staging}[environment]
    person, add = browser(agency), reverse("connections:add", args=[agency.slug])
    filled = {"environment": environment}
    mistyped = form(f"{there.prefix}nobody_000000", "seeki") | filled
    assert "INVALID_KEY: The key was not found" in person.post(add, mistyped).content.decode()
    assert person.post(add, form(there.accounts["martin"].key, "seeki") | filled).status_code == 302
    connection = Connection.objects.for_agency(agency).get()
    assert (connection.state, connection.environment) == (State.WORKING, environment)
    assert [(entry.system, entry.status) for entry in box.received] == [(there.name, 401), (there.name, 404)]
    assert there.accounts["martin"].items == []


def test_a_key_of_seeki_that_stops_working_shows_and_comes_back(agency, browser, box):
    person, account = browser(agency), box.seeki.accounts["martin"]
    person.post(reverse("connections:add", args=[agency.slug]), form(account.key, "seeki"))
    connection = Connection.objects.for_agency(agency).get()
    check = reverse("connections:check", args=[agency.slug, connection.pk])
    account.active = False
    person.post(check)
    work(Job.objects.for_agency(agency).latest("pk").pk)
    connection.refresh_from_db()
    assert connection.state == State.FAILING
    assert connection.last_answer.startswith("SUBSCRIPTION_INACTIVE: ")
    account.active = True
    person.post(check)
    run_now(Job.objects.for_agency(agency).latest("pk"))
    connection.refresh_from_db()
    assert (connection.state, connection.last_outcome) == (State.WORKING, "ok")
