"""Lines for machines: whole, on one line, with the ids of what they are about, and without what nobody may read."""

import json
import logging
import sys
from io import StringIO

import pytest
from django.test import Client
from django.urls import reverse

from accounts.partners import keys
from estates.connections.vault import seal
from estates.jobs.models import Job
from estates.jobs.start import start
from estates.jobs.tracing import TraceFilter, agency_id, at_work, trace_id
from estates.jobs.work import work
from estates.remotes.secret import Secret
from portal import scrubbing
from portal.logs import JsonLines, Lines, logging_config, stream
from tests.jobs import kinds

SEALED = seal(Secret("ts-immo-key-0123456789")).decode()
PARTNER = "psl_abcdefgh_" + "K" * 32


@pytest.fixture
def lines():
    """What a machine would collect of all loggers, as objects."""
    handler = logging.StreamHandler(StringIO())
    handler.setFormatter(JsonLines())
    handler.addFilter(TraceFilter())
    root = logging.getLogger()
    level, root.level = root.level, logging.INFO
    root.addHandler(handler)
    yield lambda: [json.loads(line) for line in handler.stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.level = level


def test_a_page_is_told_of_by_its_route_with_request_and_agency(lines, agency, browser):
    answer = browser(agency).get(
        reverse("dashboard", args=[agency.slug]), headers={"X-Request-Id": "from-proxy"}
    )
    (line,) = [line for line in lines() if line["logger"] == "portal.requests"]
    assert line.pop("ms") > 0
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "INFO",
        "logger": "portal.requests",
        "message": "GET agencies/<slug:slug>/ 200",
        "request": answer["X-Request-Id"],
        "agency": agency.pk,
        "method": "GET",
        "route": "agencies/<slug:slug>/",
        "status": 200,
    }
    assert answer["X-Request-Id"] == "from-proxy"
    assert (trace_id.get(), agency_id.get(), at_work.get()) == ("-", None, None)


def test_a_partner_s_call_is_told_of_with_its_agency(lines, agency, member):
    _, token = keys.make(agency, member(agency), name="CRM", scopes=["estates:read"])
    answer = Client().get("/api/v1/estates", headers={"Authorization": f"Bearer {token}"})
    (line,) = [line for line in lines() if line["logger"] == "portal.requests"]
    assert (line["agency"], line["status"], line["route"]) == (agency.pk, 200, "api/v1/estates")
    assert line["request"] == answer["X-Request-Id"]


def test_the_agency_of_one_request_is_not_that_of_the_next(lines, agency, browser, client):
    browser(agency).get(reverse("dashboard", args=[agency.slug]))
    client.get(reverse("account_login"))
    assert [line.get("agency") for line in lines() if line["logger"] == "portal.requests"] == [
        agency.pk,
        None,
    ]


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_are_not_told_of(lines, db, client, path):
    client.get(path)
    assert [line for line in lines() if line["logger"] == "portal.requests"] == []


def test_a_secret_address_stands_in_no_line(lines, db, client):
    """Not in our own, and not in Django's about a broken or unknown page either."""
    for path in (
        "/feeds/s3cretfeedaddress/openimmo.xml",
        "/webhooks/aviv/s3cretfeedaddress/",
        "/feeds/s3cretfeed",
    ):
        client.get(path)
    client.get("/invitations/s3cretfeedaddress/")
    client.get(f"/agencies/x/?key={PARTNER}")
    assert len(lines()) >= 5
    assert "s3cretfeed" not in str(lines())
    assert PARTNER not in str(lines())


def test_a_line_of_django_s_about_a_bad_answer_has_the_request_s_id(lines, db, client):
    client.get("/no/such/page/", headers={"X-Request-Id": "from-proxy"})
    (line,) = [line for line in lines() if line["logger"] == "django.request"]
    assert line["request"] == "from-proxy"


def test_a_page_that_breaks_is_told_of_with_its_traceback_on_one_line(lines, agency, browser, monkeypatch):
    def breaks(*arguments):
        raise RuntimeError(f"key {PARTNER} of claire@agence-martin.example")

    monkeypatch.setattr("portal.views.dashboard_of", breaks)
    client = browser(agency)
    client.raise_request_exception = False
    assert client.get(reverse("dashboard", args=[agency.slug])).status_code == 500
    (line,) = [line for line in lines() if line["logger"] == "django.request"]
    assert "RuntimeError: key [removed] of [removed]" in line["error"]
    assert "Traceback" in line["error"]
    assert line["agency"] == agency.pk
    assert line["message"] == "Internal Server Error: agencies/<slug:slug>/"


def test_a_job_s_lines_have_its_id_its_kind_its_agency_and_the_request_that_asked_for_it(lines, agency):
    token = trace_id.set("asked-by-this")
    job = start(agency, "test.fails", title="breaks")
    trace_id.reset(token)
    kinds.ERRORS["breaks"] = [RuntimeError("broken")]
    assert work(job.pk)
    broken, ended = [line for line in lines() if line["logger"] == "estates.jobs.work"]
    for line in (broken, ended):
        assert (line["job"], line["kind"], line["agency"]) == (job.pk, "test.fails", agency.pk)
        assert line["request"] == "asked-by-this"
    assert "RuntimeError: broken" in broken["error"]
    assert ended["message"] == f"job {job.pk} (test.fails), attempt 1: postponed"
    assert at_work.get() is None


def test_a_task_s_lines_have_its_name(lines, agency, monkeypatch):
    from estates.jobs import tasks

    monkeypatch.setattr("estates.jobs.tasks.relay", lambda send: 0)
    job = start(agency, "test.fails", title="fine")
    tasks.work_on.apply((job.pk,))
    (line,) = [line for line in lines() if line["logger"] == "estates.jobs.work"]
    assert line["task"] == "jobs.work"
    assert Job.objects.for_agency(agency).get().status == "done"


@pytest.mark.parametrize(
    "secret",
    [
        PARTNER,
        SEALED,
        "seeki_live_0123456789abcdef",
        "Authorization: Bearer abc.def-0123456789",
        "X-TS-IMMO-KEY: abcdefgh0123",
        '"api_key": "abcdefgh0123"',
        "claire@agence-martin.example",
        "06 12 34 56 78",
        "+33612345678",
        "0033 6 12 34 56 78",
    ],
)
def test_what_shows_that_it_is_a_key_or_somebody_s_is_removed(secret):
    told = scrubbing.scrub(f"before {secret}, after")
    assert secret.split()[-1].strip('"') not in told
    assert told.startswith("before ")
    assert told.endswith(", after")


def test_a_password_in_an_address_and_a_row_that_was_refused_are_removed():
    assert scrubbing.scrub("redis://user:p4ss@queue:6379/0") == "redis://[removed]@queue:6379/0"
    told = scrubbing.scrub(
        'duplicate key "one_lead"\nDETAIL:  Key (last_name)=(Durand) already exists.\nafter'
    )
    assert told == 'duplicate key "one_lead"\nDETAIL:[removed]\nafter'


@pytest.mark.parametrize(
    "harmless",
    [
        "job 1234567890 (catalogue.sync), attempt 2: done",
        "2026-11-28 07:12:45,123 took 12.5 s",
        "GET agencies/<slug:slug>/leads/ 200",
        "AVIV: 429, traceparent 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "connecting to 10.0.0.12:5432 https://portal.example/agencies/martin/?page=2",
    ],
)
def test_what_operators_need_stays(harmless):
    assert scrubbing.scrub(harmless) == harmless


def test_the_portal_s_own_secrets_are_removed(settings, monkeypatch):
    settings.SECRET_KEY, settings.VAULT_KEYS = "signing-key-0123456789", ["vault-key-one=", "vault-key-two="]
    settings.REDIS_URL, settings.EMAIL_HOST_PASSWORD = "redis://:queue-password@host/0", "mail/password"
    settings.DATABASES["default"]["PASSWORD"] = "database password"
    monkeypatch.setattr(scrubbing, "_pattern", scrubbing._pattern.__wrapped__)
    said = (
        "signing-key-0123456789 vault-key-one= vault-key-two= queue-password mail/password mail%2Fpassword "
    )
    assert set(scrubbing.scrub(f"{said}database password database%20password").split()) == {"[removed]"}


def test_on_a_server_lines_are_json_and_elsewhere_plain():
    machine, person = logging_config("json", "INFO"), logging_config("line", "INFO")
    assert machine["handlers"]["console"]["formatter"] == "json"
    assert person["handlers"]["console"]["formatter"] == "line"
    assert person["handlers"]["console"]["stream"] == "ext://sys.stderr"


@pytest.mark.parametrize(
    ("program", "where"),
    [
        ("/srv/manage.py", "stderr"),
        ("-c", "stderr"),
        ("gunicorn", "stdout"),
        ("/srv/.venv/bin/celery", "stdout"),
        ("/srv/.venv/lib/python3.11/site-packages/celery/__main__.py", "stdout"),
    ],
)
def test_lines_do_not_mix_with_what_a_command_prints(monkeypatch, program, where):
    monkeypatch.setattr(sys, "argv", [program])
    assert stream() == f"ext://sys.{where}"


def test_plain_lines_are_scrubbed_too():
    record = logging.LogRecord("x", logging.INFO, "x", 1, "to %s", ("claire@agence-martin.example",), None)
    assert Lines("%(message)s").format(record) == "to [removed]"
