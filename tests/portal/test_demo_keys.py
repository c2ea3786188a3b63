"""The demo's keys: those that the sandbox knows, stored once and shown as working."""

import pytest
from django.conf import settings as django_settings

from estates.connections.models import Connection, State, System
from portal.demo.people import AGENCIES, add_keys, found
from portal.management.commands import demo
from portal.sandbox import sandbox


@pytest.fixture
def box(settings):
    with sandbox(estates=1) as running:
        urls = {(system.name, "production"): f"{running.url}{system.base}" for system in running.systems}
        urls["aviv", "production"] = running.aviv.url
        settings.REMOTE_URLS = django_settings.REMOTE_URLS | urls
        yield running


def test_every_key_works_and_is_stored_once(db, box):
    for wanted in AGENCIES:
        agency = found(wanted)
        for _ in range(2):
            add_keys(agency, wanted.keys)
        stored = Connection.objects.for_agency(agency)
        assert sorted(stored.values_list("system", "state")) == sorted(
            (system, State.WORKING) for system in wanted.keys
        )
    assert {System.MARKETING_LAB, System.AVIV} <= AGENCIES[0].keys.keys()


def test_a_demo_from_before_gets_the_key_that_it_lacks(db, box):
    agency = found(AGENCIES[0])
    add_keys(agency, {System.TS_IMMO: AGENCIES[0].keys[System.TS_IMMO]})
    add_keys(agency, AGENCIES[0].keys)
    assert Connection.objects.for_agency(agency).count() == len(AGENCIES[0].keys)


def test_the_processes_know_where_the_sandbox_answers(tmp_path, box):
    told = demo.environment(tmp_path, 8000, 8801, (8880, 8843))
    for name, system in (("TS_IMMO_URL", box.ts_immo), ("MARKETING_LAB_URL", box.marketing_lab)):
        assert told[name] == f"http://127.0.0.1:8801{system.base}"
    assert told["AVIV_URL"] == box.aviv.url.replace(box.url, "http://127.0.0.1:8801")
    assert told["AVIV_TOKEN_URL"] == box.aviv.token_url.replace(box.url, "http://127.0.0.1:8801")
