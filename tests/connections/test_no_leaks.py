"""A canary goes through everything that is done with keys, and must be seen nowhere afterwards."""

import base64
import html
import io
import logging
from urllib.parse import quote

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils.log import AdminEmailHandler

from accounts.models import AuditEntry, User
from accounts.roles import Role
from estates.connections.models import Connection
from estates.connections.signals import connection_ready
from estates.jobs.models import Job
from estates.jobs.work import work
from tests.connections import leaks

pytestmark = pytest.mark.django_db
CANARY = 'q7Zk-Xv9_pW2m+Rt6/Yb3&Lc8=Nd5"Hj4%Gf1wxyz'
SECOND = "B8rT-uY3_kM6z+Pq1/Sw9&Dv2=Fj7'Xc5<Ln0abcd"


def echo(key):
    """What an indiscreet remote says: the key, in all the ways it knows."""
    encoded = base64.b64encode(key.encode()).decode()
    inside = base64.b64encode(f"X-TS-IMMO-KEY: {key}".encode()).decode()
    said = [key, encoded, inside, quote(key), quote(key, safe=""), html.escape(key), key.encode().hex()]
    return {"message": ["Nobody knows the key", *said], "error": key, "headers": {"x-ts-immo-key": key}}


@pytest.fixture
def indiscreet(remote):
    """Ts-Immo, telling everybody each key that it is sent."""
    remote.says(401, echo)
    return remote


@pytest.fixture
def person(agency, browser):
    return browser(agency)


@pytest.fixture
def at(agency):
    return lambda name, *pk: reverse(f"connections:{name}", args=[agency.slug, *pk])


def form(key=CANARY, **changes):
    return {"system": "ts_immo", "environment": "production", "label": "Lyon", "key": key} | changes


def checked(agency):
    """Works on the check that was asked for last."""
    work(Job.objects.for_agency(agency).latest("pk").pk)


@pytest.fixture
def lived(agency, person, at, indiscreet, monkeypatch, caplog):
    """Everything that can happen to keys has happened; gives what was shown and said on the way."""
    for name in ("", "urllib3", "requests", "django"):
        caplog.set_level(logging.DEBUG, logger=name)
    told = [
        person.post(at("add"), form()).content.decode(),
        person.post(at("add"), form(label="")).content.decode(),
    ]
    monkeypatch.setattr("sys.stdin", io.StringIO(CANARY))
    with pytest.raises(CommandError) as refused:
        call_command("connect", agency.slug, "ts_immo")
    told.append(str(refused.value))
    person.post(at("add"), form(insist="on"))
    connection = Connection.objects.for_agency(agency).get()
    for status, body in [(401, echo), (500, echo), (400, echo), (429, echo), (200, echo), (200, CANARY)]:
        indiscreet.says(status, body)
        told.append(person.post(at("check", connection.pk)).content.decode())
        checked(agency)
        told.append(person.get(at("card", connection.pk), headers={"HX-Request": "true"}).content.decode())
        Job.objects.for_agency(agency).update(status="cancelled")
    indiscreet.says(401, echo)
    told.append(person.post(at("replace", connection.pk), {"key": SECOND}).content.decode())
    checked(agency)
    told.append(str(person.cookies))
    return told


def pages(agency, browser):
    """Every page of this room, of the jobs and of the trail, for every role; and the admin's."""
    connection = Connection.objects.for_agency(agency).get()
    names = [
        ("connections:index",),
        *((f"connections:{n}", connection.pk) for n in ("rename", "replace", "remove")),
    ]
    names += [
        ("connections:add",),
        ("jobs:index",),
        ("accounts:trail",),
        ("accounts:settings",),
        ("dashboard",),
    ]
    names += [("jobs:detail", job.pk) for job in Job.objects.for_agency(agency)]
    for role in Role:
        visitor = browser(agency, role)
        for name, *pk in names:
            yield visitor.get(reverse(name, args=[agency.slug, *pk])).content.decode()
    operator = Client()
    boss = User.objects.create_superuser("operator@passerelle.example", language="en")
    operator.force_login(boss, backend="allauth.account.auth_backends.AuthenticationBackend")
    for model, row in (
        ("connections_connection", connection),
        *(("jobs_job", j) for j in Job.objects.for_agency(agency)),
    ):
        yield operator.get(reverse(f"admin:{model}_changelist")).content.decode()
        yield operator.get(reverse(f"admin:{model}_change", args=[row.pk])).content.decode()


@pytest.mark.parametrize("key", [CANARY, SECOND])
def test_the_canary_is_recognised_where_it_shows(key):
    for text in (key, str(echo(key)), f"…{key[3:11]}…", f'{{"key": "{quote(key)}"}}'):
        assert leaks.found(key, text)
    assert not leaks.found(key, f"…{key[-4:]}")


def test_the_key_did_reach_the_remote_and_its_words_reach_people(agency, lived, indiscreet, browser):
    assert {CANARY, SECOND} <= set(indiscreet.keys)
    assert any("Nobody knows the key" in text for text in lived)


@pytest.mark.parametrize("key", [CANARY, SECOND])
def test_no_page_shows_it_to_anybody(agency, lived, browser, key):
    seen = [*lived, *pages(agency, browser)]
    assert len(seen) > 60
    assert [leaks.found(key, page) for page in seen if leaks.found(key, page)] == []


@pytest.mark.parametrize("key", [CANARY, SECOND])
def test_no_column_of_any_table_holds_it(lived, key):
    rows = leaks.database()
    assert "Nobody knows the key" in rows
    assert leaks.found(key, rows) == []


def test_no_log_line_mail_task_or_trail_holds_it(agency, lived, caplog):
    jobs = [f"{job.params}{job.error}{job.checkpoint}{job.title}" for job in Job.objects.for_agency(agency)]
    events = [event.words for job in Job.objects.for_agency(agency) for event in job.events.all()]
    trail = [f"{entry.subject}{entry.detail}" for entry in AuditEntry.objects.for_agency(agency)]
    mails = [f"{message.subject}{message.body}" for message in mail.outbox]
    records = caplog.get_records("setup")
    logged = [f"{record.getMessage()} {record.__dict__}" for record in records]
    assert "urllib3.connectionpool" in {record.name for record in records}
    for text in [*jobs, *events, *trail, *mails, *logged]:
        assert leaks.found(CANARY, text) == []
        assert leaks.found(SECOND, text) == []


@pytest.fixture
def error_mails(settings):
    """What operators get by mail when a request breaks, in the wordiest form there is."""
    settings.ADMINS = [("Operator", "operator@passerelle.example")]
    handler, logger = AdminEmailHandler(include_html=True), logging.getLogger("django.request")
    logger.addHandler(handler)
    yield mail.outbox
    logger.removeHandler(handler)


@pytest.mark.parametrize("name", ["add", "replace"])
def test_the_mail_about_a_broken_request_shows_no_key(
    agency, member, owner, at, remote, error_mails, monkeypatch, name
):
    client = Client(raise_request_exception=False)
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    address = at("add")
    if name == "replace":
        client.post(address, form(SECOND))
        address = at("replace", Connection.objects.for_agency(agency).get().pk)

    def breaks(*args, **kwargs):
        raise RuntimeError("the disk is full")

    connection_ready.connect(breaks)
    monkeypatch.setattr("estates.connections.replace.start_check", breaks)
    assert client.post(address, form()).status_code == 500
    text = "".join(f"{mail.subject}{mail.body}{mail.alternatives}" for mail in error_mails)
    assert "the disk is full" in text
    assert "<h2>Traceback" in text
    assert "Secret(" in text
    assert leaks.found(CANARY, text) == []
