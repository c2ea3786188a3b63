"""A plugin key goes through everything that is done with it, and must be seen nowhere afterwards."""

import base64
import html
import logging
from dataclasses import replace
from urllib.parse import quote

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils.log import AdminEmailHandler

from accounts.models import AuditEntry, User
from accounts.roles import Role
from estates.jobs.models import Job
from estates.wordpress.models import Site
from portal.sandbox.messages import json_answer
from tests.connections import leaks
from tests.wordpress.conftest import url, worked

CANARY = "q7Zk-Xv9_pW2m+Rt6/Yb3&Lc8=Nd5'Hj4%Gf1wxyz"
SECOND = "B8rT-uY3_kM6z+Pq1/Sw9&Dv2=Fj7<Xc5>Ln0abcd"


def echo(key):
    """A key in all the ways that an indiscreet remote may repeat it."""
    inside = base64.b64encode(f"plugin_auth_key: {key}".encode()).decode()
    return " ".join([key, quote(key, safe=""), html.escape(key), key.encode().hex(), inside])


def indiscreet(request, account):
    """`activate_site` of a remote that tells everybody each plugin key that it is sent."""
    key = request.json()["plugin_auth_key"]
    known = key == account.plugin_auth_key
    said = {"plan": f"pro {echo(key)}"} if known else {"error_message": f"Nobody knows {echo(key)}"}
    return json_answer({"success": known, **said})


def repeating(match):
    def matched(method, path):
        route, names = match(method, path)
        return (replace(route, handler=indiscreet) if route.operation == "activate_site" else route), names

    return matched


@pytest.fixture
def lived(agency, connected, browser, box, monkeypatch, caplog):
    """All that can happen to plugin keys has happened; gives what was shown on the way."""
    for name in ("", "urllib3", "requests", "django"):
        caplog.set_level(logging.DEBUG, logger=name)
    routes = box.ts_immo.router
    monkeypatch.setattr(routes, "match", repeating(routes.match))
    connected(agency)
    client, told = browser(agency), []

    def say(name, site=None, **given):
        address = url(name, agency, *([site.pk] if site else []))
        seen = Site.objects.for_agency(agency).values_list("version", flat=True).first()
        told.append(client.post(address, {"version": seen or 0, **given}, follow=True).content.decode())

    def activate(site):
        say("activate", site)
        worked(Job.objects.for_agency(agency).latest("pk"))

    say("add", domain="10.0.0.1", key=CANARY)
    say("add", domain="www.canary.example", key=CANARY, theme_id="two words")
    say("add", domain="www.canary.example", key=CANARY)
    site = Site.objects.for_agency(agency).get()
    activate(site)
    say("change", site, key=SECOND, theme_id="two words")
    say("change", site, key=SECOND)
    activate(site)
    box.account("martin").plugin_auth_key = SECOND
    activate(site)
    for fault in ("error_500", "not_json", "html_200"):
        box.fault(fault, operation="activate_site", times=1)
        activate(site)
        worked(Job.objects.for_agency(agency).latest("pk"))
    return told


def pages(agency, browser):
    site = Site.objects.for_agency(agency).get()
    names = [("wordpress:index",), ("wordpress:add",), ("jobs:index",), ("accounts:trail",), ("dashboard",)]
    names += [("connections:index",)]
    names += [(f"wordpress:{name}", site.pk) for name in ("detail", "change", "remove", "deactivate")]
    names += [("jobs:detail", job.pk) for job in Job.objects.for_agency(agency)]
    for role in Role:
        for name, *pk in names:
            yield browser(agency, role).get(reverse(name, args=[agency.slug, *pk])).content.decode()
    operator = Client()
    boss = User.objects.create_superuser("operator@passerelle.example", language="en")
    operator.force_login(boss, backend="allauth.account.auth_backends.AuthenticationBackend")
    rows = [("wordpress_site", site), ("connections_connection", site.connection)]
    rows += [("jobs_job", job) for job in Job.objects.for_agency(agency)]
    for model, row in rows:
        yield operator.get(reverse(f"admin:{model}_changelist")).content.decode()
        yield operator.get(reverse(f"admin:{model}_change", args=[row.pk])).content.decode()


def test_the_remote_did_hear_both_keys_and_its_words_reach_people(agency, lived, box, browser):
    bodies = b"".join(entry.body for entry in box.received)
    assert CANARY.encode() in bodies.replace(b"\\/", b"/")
    assert SECOND.encode() in bodies.replace(b"\\/", b"/")
    said = " ".join(pages(agency, browser))
    assert "Nobody knows" in said
    assert "[key removed]" in said


@pytest.mark.parametrize("key", [CANARY, SECOND])
def test_no_page_shows_it_to_anybody(agency, lived, browser, key):
    seen = [*lived, *pages(agency, browser)]
    assert len(seen) > 50
    assert [leaks.found(key, page) for page in seen if leaks.found(key, page)] == []


@pytest.mark.parametrize("key", [CANARY, SECOND])
def test_no_column_of_any_table_no_log_line_and_no_trail_holds_it(agency, lived, caplog, key):
    trail = [f"{entry.subject}{entry.detail}" for entry in AuditEntry.objects.for_agency(agency)]
    records = caplog.get_records("setup")
    logged = [f"{record.getMessage()} {record.__dict__}" for record in records]
    assert "urllib3.connectionpool" in {record.name for record in records}
    for text in [leaks.database(), *trail, *logged]:
        assert leaks.found(key, text) == []


@pytest.fixture
def error_mails(settings):
    settings.ADMINS = [("Operator", "operator@passerelle.example")]
    handler, logger = AdminEmailHandler(include_html=True), logging.getLogger("django.request")
    logger.addHandler(handler)
    yield mail.outbox
    logger.removeHandler(handler)


@pytest.mark.parametrize("name", ["add", "change"])
def test_the_mail_about_a_broken_request_shows_no_key(agency, add, member, error_mails, monkeypatch, name):
    site = add(agency)
    client = Client(raise_request_exception=False)
    client.force_login(member(agency), backend="allauth.account.auth_backends.AuthenticationBackend")

    def breaks(*args, **kwargs):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("estates.wordpress.sites.note", breaks)
    given = {"domain": "www.new.example", "key": CANARY, "version": site.version}
    address = url("add", agency) if name == "add" else url("change", agency, site.pk)
    assert client.post(address, given).status_code == 500
    text = "".join(f"{mail.subject}{mail.body}{mail.alternatives}" for mail in error_mails)
    assert "the disk is full" in text
    assert leaks.found(CANARY, text) == []
