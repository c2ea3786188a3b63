"""What people see of their sites' health, and the button."""

from datetime import timedelta

import pytest
from django.core.checks import run_checks
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from accounts.roles import Role
from estates.jobs.models import Job
from estates.wordpress.health.faults import Fault
from estates.wordpress.health.keep import keep
from estates.wordpress.health.look import Look
from estates.wordpress.models import Condition, HealthLook, SiteHealth, State
from portal.needs import needs_of
from tests.websites import html
from tests.wordpress.conftest import url, worked
from tests.wordpress.health.conftest import health_row, looks_of

DOWN = Look(Condition.DOWN, None, (Fault("error", {"status": 502}), Fault("noindex")), {"tls_ends_at": None})
UP = Look(
    Condition.UP,
    840,
    (),
    {
        "status": 200,
        "seconds": 0.84,
        "url": "https://www.agence-martin.example/accueil/",
        "hops": [["https://www.agence-martin.example/", 301]],
        "tls_ends_at": "2026-12-24T10:00:00+00:00",
        "wordpress": "6.8.3",
        "rest": "https://www.agence-martin.example/wp-json/",
    },
)


@pytest.fixture
def site(agency, add):
    return add(agency, state=State.ACTIVE)


def see(site, *looks):
    if not SiteHealth.objects.for_agency(site.agency).filter(site=site).exists():
        SiteHealth.objects.create(agency=site.agency, site=site, next_at=timezone.now())
    for look in looks:
        keep(site, look)


def text(client, name, agency, *pk) -> str:
    answer = client.get(url(name, agency, *pk))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_site_that_nobody_looked_at(agency, site, browser):
    assert "Within some minutes the portal does" in text(browser(agency), "detail", agency, site.pk)
    see(site)
    for name, *pk in (("detail", site.pk), ("index",)):
        assert "Not looked at yet" not in text(browser(agency), name, agency, *pk)


def test_a_site_in_good_order(agency, site, browser):
    see(site, UP)
    shown = text(browser(agency), "detail", agency, site.pk)
    assert 'data-state="up"' in shown
    assert "Nothing is wrong as far as can be seen from outside." in shown
    for fact in (
        "0.84 s, status 200",
        "Dec. 24, 2026",
        "6.8.3",
        "https://www.agence-martin.example/accueil/",
    ):
        assert fact in shown
    assert "The site was there at 1 of 1 look." in shown


def test_a_site_that_is_down_says_what_to_do(agency, site, browser):
    see(site, UP, DOWN)
    shown = text(browser(agency), "detail", agency, site.pk)
    assert 'data-state="down"' in shown
    assert "Visitors see an error page instead of your estates (status 502)." in shown
    assert "Ask your web developer to look at the site&#x27;s error log" in shown
    assert shown.index("The site reports an error") < shown.index("Search engines are told to stay away")
    assert "Down since" in shown
    assert "The site was there at 1 of 2 looks." in shown
    listed = text(browser(agency), "index", agency)
    assert "The site reports an error and 1 more" in " ".join(listed.split())


def test_the_picture_needs_no_colour_and_no_inline_style(agency, site, browser):
    now = timezone.now()
    see(site, UP)
    for hours, verdict in ((1, "down"), (2, "slow"), (3, "up")):
        at = now - timedelta(hours=hours)
        HealthLook.objects.create(agency=agency, site=site, at=at, verdict=verdict, milliseconds=hours * 1000)
    shown = text(browser(agency), "detail", agency, site.pk)
    picture = shown[shown.index('<svg class="health-picture"') :]
    picture = picture[: picture.index("</svg>")]
    assert [f'class="{verdict}"' in picture for verdict in ("up", "slow", "down")] == [True] * 3
    assert 'height="24"><title>' in picture
    assert "· Down</title>" in picture
    assert "style=" not in shown[shown.index('id="content"') :]
    assert "The same as a table" in shown
    assert "3.0 s" in shown


def test_everybody_sees_it_and_agents_have_a_look_taken(agency, site, browser, served):
    see(site, UP)
    for role in Role:
        client = browser(agency, role)
        assert "6.8.3" in text(client, "detail", agency, site.pk)
        assert (url("look", agency, site.pk) in text(client, "detail", agency, site.pk)) is (
            role != Role.VIEWER
        )
        answer = client.post(url("look", agency, site.pk))
        assert answer.status_code == (403 if role == Role.VIEWER else 302)
    assert browser(agency).get(url("look", agency, site.pk)).status_code == 405


def test_outsiders_strangers_and_missing_ids(agency, other_agency, add, site, browser, client):
    foreign = add(other_agency)
    assert browser(other_agency).post(url("look", agency, site.pk)).status_code == 404
    for pk in (foreign.pk, 999_999):
        assert browser(agency).post(url("look", agency, pk)).status_code == 404
    assert client.post(url("look", agency, site.pk))["Location"].startswith(reverse("account_login"))
    assert not Job.objects.across_agencies().exists()


def test_the_button_looks_now(agency, site, served, browser):
    served.answers("/", html("[ts_immo_search]"), scheme="https")
    assert browser(agency, Role.AGENT).post(url("look", agency, site.pk))["Location"] == url(
        "detail", agency, site.pk
    )
    job = Job.objects.for_agency(agency).get()
    waiting = text(browser(agency), "detail", agency, site.pk)
    assert "data-reload-when-finished" in waiting
    assert "disabled" in waiting[waiting.index(url("look", agency, site.pk)) :][:300]
    assert worked(job).status == "done"
    assert (job.done, job.total) == (1, 1)
    assert "Estates do not show" in text(browser(agency), "detail", agency, site.pk)
    assert len(looks_of(site)) == 1
    assert AuditEntry.objects.for_agency(agency).filter(action="site.look_asked").count() == 1


def test_pressing_twice_makes_one_job(agency, site, served, browser):
    for _ in range(2):
        browser(agency).post(url("look", agency, site.pk))
    assert Job.objects.for_agency(agency).count() == 1


def test_the_button_works_for_a_site_that_is_not_active(agency, add, served, browser):
    site = add(agency, state=State.REFUSED)
    browser(agency).post(url("look", agency, site.pk))
    assert worked(Job.objects.for_agency(agency).get()).status == "done"
    assert health_row(site).verdict == Condition.UP


def test_a_site_that_is_down_is_a_finding_of_the_job_and_not_its_failure(agency, site, served, browser):
    served.http = served.https = False
    browser(agency).post(url("look", agency, site.pk))
    assert worked(Job.objects.for_agency(agency).get()).status == "done"
    assert health_row(site).verdict == Condition.DOWN


def test_a_job_of_a_site_that_was_removed_ends(agency, site, browser):
    browser(agency).post(url("look", agency, site.pk))
    site.delete()
    assert worked(Job.objects.for_agency(agency).get()).status == "done"
    assert not SiteHealth.objects.for_agency(agency).exists()


def test_people_are_called_when_a_site_is_down_twice(agency, other_agency, add, site, browser):
    see(site, UP, DOWN)
    assert needs_of(agency) == []
    see(site, DOWN)
    see(add(other_agency), DOWN, DOWN)
    (need,) = needs_of(agency)
    assert need.about == str(site)
    assert "Visitors see an error page" in need.sentence
    assert need.url == url("detail", agency, site.pk)
    see(site, UP)
    assert needs_of(agency) == []


def test_nobody_is_called_for_a_site_that_is_switched_off(agency, add):
    see(add(agency, state=State.INACTIVE), DOWN, DOWN)
    assert needs_of(agency) == []


def test_operators_look_and_change_nothing(agency, site, client):
    see(site, DOWN)
    boss = User.objects.create_superuser("operator@passerelle.example", language="en")
    client.force_login(boss, backend="allauth.account.auth_backends.AuthenticationBackend")
    for model, row in (("sitehealth", health_row(site)), ("healthlook", looks_of(site)[0])):
        listed = client.get(
            reverse(f"admin:wordpress_{model}_changelist") + f"?agency__id__exact={agency.pk}&q=martin"
        )
        assert "www.agence-martin.example" in listed.content.decode()
        address = reverse(f"admin:wordpress_{model}_change", args=[row.pk])
        assert client.get(address).status_code == 200
        assert client.post(address, {"verdict": "up"}).status_code == 403


@pytest.mark.parametrize(
    ("addresses", "file", "found"),
    [
        ("", "", []),
        ("https://www.a.example=127.0.0.1:8443", __file__, []),
        ("www.a.example", "", ["wordpress.E001"]),
        ("", "/nowhere/ca.pem", ["wordpress.E002"]),
    ],
)
def test_mistakes_in_the_settings_are_told_at_the_start(settings, addresses, file, found):
    settings.SITE_ADDRESSES, settings.SITE_CA_FILE = addresses, file
    assert [each.id for each in run_checks() if each.id.startswith("wordpress.")] == found
