import gzip
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, PartnerKey
from accounts.roles import Role
from estates.catalogue.models import Estate, SyncRun
from estates.connections.models import Connection, State, System
from estates.jobs.models import Job, Status
from estates.leads.models import Lead, Person, Retention
from estates.wordpress.models import Site
from portal.needs import needs_for, needs_of
from tests import canaries

PAGE = "/agencies/martin/"


@pytest.fixture
def connection(agency) -> Connection:
    return Connection.objects.create(agency=agency, system=System.TS_IMMO, label="Siège", state=State.WORKING)


def estate(connection: Connection, number: int, **fields) -> Estate:
    now = timezone.now()
    known = {"created_at": now, "first_seen_at": now, "changed_at": now, "digest": b"", "status": "available"}
    return Estate.objects.create(
        agency=connection.agency, connection=connection, remote_id=str(number), **{**known, **fields}
    )


def next_steps(client) -> list[str]:
    _before, found, rest = client.get(PAGE).content.decode().partition("What you can set up next")
    return re.findall(r'<span class="fw-medium">([^<]+)', rest.partition("</section>")[0]) if found else []


def test_after_its_first_key_it_is_told_what_else_there_is(agency, connection, browser, member):
    owner = browser(agency)
    assert next_steps(owner) == ["Your site", "Leads", "Seeki", "Colleagues"]
    member(agency, Role.MANAGER)
    assert next_steps(browser(agency, Role.MANAGER)) == ["Your site"]
    Site.objects.create(agency=agency, connection=connection, domain="www.a.example")
    for system in (System.AVIV, System.SEEKI):
        Connection.objects.create(agency=agency, system=system, label=system)
    assert next_steps(owner) == []


def test_whoever_has_been_here_for_a_month_knows(agency, connection, browser):
    agency.created_at = timezone.now() - timedelta(days=31)
    agency.save()
    assert next_steps(browser(agency)) == []


def test_a_new_agency_is_told_what_to_do_next(agency, browser):
    page = browser(agency).get(PAGE).content.decode()
    assert "No key is stored yet" in page
    assert reverse("connections:add", args=["martin"]) in page
    assert "Nothing at the moment" not in page
    assert "pictures/" not in page


def test_who_may_not_store_keys_is_told_who_may(agency, browser):
    page = browser(agency, Role.AGENT).get(PAGE).content.decode()
    assert "An owner of the agency can store it." in page
    assert reverse("connections:add", args=["martin"]) not in page


def test_what_needs_a_person_comes_first_with_where_to_mend_it(agency, connection, browser):
    Connection.objects.for_agency(agency).update(state=State.REFUSED, last_answer="Invalid API key")
    run = SyncRun.objects.create(
        agency=agency, connection=connection, status=SyncRun.Status.ASKING, would_go=40
    )
    job = Job.objects.create(
        agency=agency, kind="catalogue.sync", subject="x", status=Status.FAILED, error="Bad gateway"
    )
    page = browser(agency).get(PAGE).content.decode()
    for text in ("Invalid API key", "Bad gateway"):
        assert page.index(text) < page.index("pictures/estates")
    for url in (
        reverse("connections:index", args=["martin"]),
        reverse("catalogue:removal", args=["martin", run.pk]),
        reverse("jobs:detail", args=["martin", job.pk]),
    ):
        assert f'href="{url}"' in page


def test_a_failure_that_a_later_success_mended_needs_nobody(agency):
    for status in (Status.FAILED, Status.DONE):
        Job.objects.create(agency=agency, kind="catalogue.sync", subject="connection:1", status=status)
    assert needs_of(agency) == []


def site(connection: Connection, domain: str, **fields) -> Site:
    return Site.objects.create(agency=connection.agency, connection=connection, domain=domain, **fields)


def days(number: int):
    return timezone.localdate() + timedelta(days=number)


def test_sites_that_need_a_person_lead_to_their_page(agency, connection, browser):
    wanted = {
        "refused.example": {"state": "refused", "words": "<b>Invalid</b> plugin key"},
        "stuck.example": {"state": "activating"},
        "ending.example": {"state": "active", "expires_at": days(29)},
        "ended.example": {"state": "active", "expires_at": days(-3)},
    }
    sites = [site(connection, domain, **fields) for domain, fields in wanted.items()]
    page = browser(agency, Role.VIEWER).get(PAGE).content.decode()
    for each in sites:
        assert f'href="{reverse("wordpress:detail", args=["martin", each.pk])}"' in page
    sentences = {need.about: str(need.sentence) for need in needs_of(agency)}
    assert sentences["refused.example"] == "Ts-Immo refused to activate this site."
    assert "nobody is asking any more" in sentences["stuck.example"]
    assert sentences["ending.example"].startswith("The plan of this site ends on ")
    assert sentences["ended.example"] == "The plan of this site has ended."
    assert "&lt;b&gt;Invalid&lt;/b&gt; plugin key" in page


def test_other_sites_need_nobody(agency, connection):
    site(connection, "fine.example", state="active", expires_at=days(32))
    site(connection, "open.example", state="active")
    site(connection, "off.example", state="inactive", expires_at=days(1))
    asked = site(connection, "asked.example", state="activating")
    Job.objects.create(agency=agency, kind="wordpress.activate", subject=f"site:{asked.pk}")
    assert needs_of(agency) == []


def test_a_refused_site_and_its_failed_job_are_one_need(agency, connection):
    refused = site(connection, "refused.example", state="refused")
    Job.objects.create(
        agency=agency, kind="wordpress.activate", subject=f"site:{refused.pk}", status=Status.FAILED
    )
    assert [need.about for need in needs_of(agency)] == ["refused.example"]


def test_a_plan_that_is_nearly_full_is_told_before_it_is(agency, connection):
    for number in range(9):
        estate(connection, number)
    estate(connection, 9, gone_at=timezone.now())
    for most in (11, 10, 8):
        site(connection, f"{most}.example", state="active", max_properties=most)
    site(connection, "off.example", state="inactive", max_properties=1)
    assert [(need.about, need.sentence) for need in needs_of(agency)] == [
        ("10.example", "The plan of this site is nearly full: 9 of 10 estates."),
        ("8.example", "The plan of this site allows 8 estates, and there are 9."),
    ]


@pytest.mark.parametrize("role", Role)
def test_everybody_may_go_where_the_needs_lead_that_they_are_told(agency, member, browser, role):
    canaries.fill(agency, "OWN")
    PartnerKey.objects.for_agency(agency).update(exposed_at=timezone.now())
    needs = needs_for(Membership.objects.get(agency=agency, user=member(agency, role)))
    assert len(needs) > 5
    client = browser(agency, role)
    assert [need.url for need in needs if client.get(need.url).status_code != 200] == []
    assert any("partner-keys" in need.url for need in needs) == (role is Role.OWNER)


def test_the_number_in_the_menu_is_that_of_the_list(agency, connection, browser):
    cache.clear()
    client = browser(agency)
    number = reverse("needs_number", args=["martin"])
    assert "hidden>0<" in client.get(number).text
    job = Job.objects.create(agency=agency, kind="catalogue.sync", subject="x", status=Status.FAILED)
    assert f"{PAGE}jobs/{job.pk}/" in client.get(PAGE).text
    assert ">1<" in client.get(number).text
    assert f'hx-get="{number}"' in client.get(f"{PAGE}jobs/").text


def test_the_first_load_is_small(agency, connection, browser):
    """The page and each file that it names, as they travel."""
    page = browser(agency).get(PAGE).content
    found = re.findall(rb'(?:href|src)="/static/([^"]+)"', page)
    assert len(found) > 5
    files = [Path(finders.find(name.decode())).read_bytes() for name in found]
    assert sum(len(gzip.compress(body)) for body in (page, *files)) < 250_000


def test_the_number_of_queries_does_not_grow_with_the_agency(
    agency, other_agency, connection, browser, member, django_assert_num_queries
):
    canaries.fill(other_agency, "OTHER")
    Membership.objects.create(agency=other_agency, user=member(agency), role=Role.AGENT)
    client = browser(agency)
    client.get(PAGE)
    for number in range(30):
        estate(connection, number, type=f"type{number}")
        SyncRun.objects.create(agency=agency, connection=connection, status=SyncRun.Status.DONE)
        Job.objects.create(agency=agency, kind="catalogue.sync", subject=str(number), status=Status.FAILED)
        if number in (0, 29):
            with django_assert_num_queries(9):
                assert client.get(PAGE).status_code == 200


def test_home_leads_to_the_one_agency_or_to_the_choice(agency, other_agency, member, browser, client):
    assert client.get("/")["Location"].startswith(reverse("account_login"))
    one = browser(agency, Role.VIEWER)
    assert one.get("/")["Location"] == PAGE
    Membership.objects.create(agency=other_agency, user=member(agency, Role.VIEWER), role=Role.AGENT)
    assert one.get("/")["Location"] == reverse("agencies")


def test_every_answer_carries_a_request_id(agency, browser):
    client = browser(agency)
    assert len(client.get(PAGE)["X-Request-Id"]) == 12
    assert client.get(PAGE, headers={"X-Request-Id": "abc-123456"})["X-Request-Id"] == "abc-123456"
    assert client.get(PAGE, headers={"X-Request-Id": "<script>"})["X-Request-Id"] != "<script>"


def test_the_policy_allows_no_inline_script_or_style(agency, browser):
    policy = browser(agency).get(PAGE)["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy


def test_people_who_were_silent_for_too_long_are_named_by_number(agency, connection, browser):
    long_ago = timezone.now() - timedelta(days=4 * 365)
    for number in range(2):
        Lead.objects.create(
            agency=agency,
            connection=connection,
            remote_id=str(number),
            person=Person.objects.create(agency=agency),
            happened_at=long_ago,
            received_at=long_ago,
            changed_at=long_ago,
            last_name="Dupont",
            state="contacted",
        )
    (need,) = needs_of(agency)
    assert need.sentence == "2 people have been silent for too long and are due to be erased."
    assert need.url == reverse("leads:silent", args=["martin"])
    assert "Dupont" not in browser(agency).get(PAGE).content.decode()
    Retention.objects.create(agency=agency, automatic=True)
    assert needs_of(agency) == []


def test_places_of_pictures_come_empty_so_that_they_keep_room_only_until_then(agency, connection, browser):
    """White space would already count as something in them."""
    page = browser(agency).get(PAGE).content.decode()
    places = re.findall(r'<(?:div|section) class="[^"]*picture-place[^>]*>(.{6})', page)
    assert len(places) == 5
    assert set(places) <= {"</div>", "</sect"}
