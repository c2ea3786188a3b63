"""What leaves for Sentry, seen at the transport: what broke and where, and nothing that is a secret or somebody's."""

import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest
import sentry_sdk
from django.test import Client
from django.urls import reverse
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from estates.jobs.start import start
from estates.jobs.work import work
from estates.leads.models import Lead
from portal.error_reports import is_dsn, report_to
from tests.jobs import kinds

SECRET = "tsi_live_s3cret0123456789"
PERSON = "Bernadette Quincampoix"
MAIL = "bernadette@quincampoix.example"
ROOT = Path(__file__).resolve().parents[2]


class Kept(Transport):
    """What would have gone over the wire."""

    def __init__(self, options):
        super().__init__(options)
        self.sent: list[Envelope] = []

    def capture_envelope(self, envelope):
        self.sent.append(envelope)

    @property
    def wire(self) -> str:
        return b"\n".join(envelope.serialize() for envelope in self.sent).decode()

    @property
    def events(self) -> list[dict]:
        return [event for envelope in self.sent if (event := envelope.get_event())]


@pytest.fixture
def sentry():
    kept = Kept({})
    with sentry_sdk.isolation_scope():
        report_to("https://0123456789abcdef@sentry.example/12", "1.2.3", transport=kept)
        yield kept
        sentry_sdk.get_global_scope().set_client(None)


def break_with(secret: str, person: str) -> None:
    key, lead = secret, {"last_name": person, "email": MAIL}
    raise RuntimeError(f"no answer for {lead['email']} after {len(key)} tries")


def test_a_local_variable_does_not_leave(sentry):
    key = SECRET
    try:
        break_with(key, PERSON)
    except RuntimeError:
        logging.getLogger("portal").exception("could not ask for %s", MAIL, extra={"key": key, "who": PERSON})
    (event,) = sentry.events
    (cause,) = event["exception"]["values"]
    assert (cause["type"], cause["value"]) == ("RuntimeError", "no answer for [removed] after 25 tries")
    assert [frame["function"] for frame in cause["stacktrace"]["frames"]][-1] == "break_with"
    assert event["logentry"] == {"message": "could not ask for [removed]"}
    assert event["release"] == "1.2.3"
    for private in (SECRET, PERSON, MAIL, "vars"):
        assert private not in sentry.wire


def test_a_page_that_breaks_is_reported_without_who_asked_what(sentry, agency, member, browser, monkeypatch):
    def breaks(*arguments):
        key = SECRET
        raise ValueError(f"{len(key)} is wrong")

    monkeypatch.setattr("portal.views.dashboard_of", breaks)
    client: Client = browser(agency)
    client.raise_request_exception = False
    address = f"{reverse('dashboard', args=[agency.slug])}?name={PERSON.split()[1]}"
    answer = client.get(address, headers={"Authorization": f"Bearer {SECRET}", "User-Agent": PERSON})
    assert answer.status_code == 500
    (event,) = sentry.events
    assert event["exception"]["values"][-1]["value"] == "25 is wrong"
    assert event["tags"] == {"request": event["tags"]["request"], "agency": str(agency.pk)}
    session = client.cookies["sessionid"].value
    wire = sentry.wire
    for private in (SECRET, "Quincampoix", session, member(agency).email, member(agency).name, agency.slug):
        assert private not in wire


def test_a_job_that_breaks_is_reported_with_its_ids(sentry, agency):
    job = start(agency, "test.fails", title="breaks", params={"name": PERSON, "key": SECRET})
    kinds.ERRORS["breaks"] = [RuntimeError("broken")]
    work(job.pk)
    (event,) = sentry.events
    assert event["tags"] == {
        "request": f"job-{job.pk}",
        "job": str(job.pk),
        "kind": "test.fails",
        "agency": str(agency.pk),
    }
    for private in (SECRET, PERSON, agency.slug, agency.name):
        assert private not in sentry.wire


def test_a_row_that_the_database_refuses_is_not_quoted(sentry, agency):
    from django.db import Error

    try:
        Lead.objects.create(agency=agency, last_name=PERSON, email=MAIL)
    except Error:
        logging.getLogger("portal").exception("not stored")
    assert len(sentry.events) == 1
    for private in (PERSON, MAIL):
        assert private not in sentry.wire


def test_only_errors_are_reported(sentry, client, db):
    logging.getLogger("portal").warning("%s is slow", PERSON)
    client.get("/no/such/page/")
    assert sentry.sent == []


def test_what_no_setting_asks_for_is_not_even_imported():
    asked = (
        "import sys, django; django.setup(); from django.core.files.storage import default_storage as media;"
    )
    asked += "media.exists('x'); print({'sentry_sdk', 'boto3'} & set(sys.modules) or None)"
    run = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, cwd=ROOT, timeout=60, env=environment()
    )
    assert run.stdout.strip() == "None", run.stderr


def test_with_a_dsn_it_reports_and_with_rubbish_it_starts_all_the_same():
    asked = "import sentry_sdk, json, django; django.setup(); o = sentry_sdk.get_client().options;"
    asked += "print(json.dumps([o['dsn'], o['data_collection']['user_info'], o['include_local_variables']]))"
    for dsn, expected in (
        (
            "https://0123456789abcdef@sentry.example/12",
            ["https://0123456789abcdef@sentry.example/12", False, False],
        ),
        ("rubbish", None),
    ):
        run = subprocess.run(
            [sys.executable, "-c", asked],
            capture_output=True,
            text=True,
            cwd=ROOT,
            timeout=60,
            env=environment() | {"SENTRY_DSN": dsn},
        )
        if expected:
            assert json.loads(run.stdout) == expected, run.stderr
        else:
            assert not is_dsn(dsn)
            assert "BadDsn" not in run.stderr


def environment() -> dict[str, str]:
    import os

    return os.environ | {"DJANGO_SETTINGS_MODULE": "portal.settings"}
