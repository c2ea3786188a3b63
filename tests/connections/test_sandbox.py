"""The room's whole way against the simulated Ts-Immo."""

import pytest
from django.urls import reverse

from estates.connections.models import Connection, State
from estates.jobs.models import Job
from estates.jobs.work import run_now, work
from portal.sandbox import sandbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def box(settings):
    with sandbox(estates=3) as running:
        urls = {("ts_immo", "production"): f"{running.url}/ts-immo/v1"}
        settings.REMOTE_URLS = {**settings.REMOTE_URLS, **urls}
        yield running


def form(key):
    return {"system": "ts_immo", "environment": "production", "label": "Lyon", "key": key}


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
