"""One agency on one page of the admin: how much there is, how its connections are, what failed, and who is there."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Agency, Membership, User
from accounts.roles import Role
from estates.jobs.models import Job, Status
from estates.jobs.start import start
from portal.operators.overview import counts, overview_of
from tests import canaries
from tests.jobs import kinds  # noqa: F401


@pytest.fixture
def rows(agency) -> dict:
    return canaries.fill(agency, "OWNWORD")


def page_of(agency: Agency) -> str:
    return reverse("admin:agency_overview", args=[agency.pk])


def fail(of: Agency, subject: str) -> None:
    job = start(of, "test.steps", subject=subject, title=f"Villa {subject}")
    failed = {"status": Status.FAILED, "error": "Bad gateway", "error_kind": "unreachable"}
    Job.objects.for_agency(of).filter(pk=job.pk).update(**failed, finished_at=timezone.now())


def test_counts_what_there_is_and_what_of_it_is_live(agency, other_agency, rows):
    canaries.fill(other_agency, "OTHER")
    found = {
        count.url.split("?")[0].split("/")[-2]: (count.number, count.of_these) for count in counts(agency)
    }
    assert found == {
        "site": (1, 0),
        "sitehealth": (1, 0),
        "estate": (2, 2),
        "lead": (1, 1),
        "listing": (2, 2),
        "ticket": (1, 1),
        "job": (1, 0),
        "partnerkey": (1, 1),
    }


def test_every_count_leads_to_the_list_of_this_agency_alone(admin_browser, agency, rows):
    for count in counts(agency):
        assert f"agency__id__exact={agency.pk}" in count.url
        assert admin_browser.get(count.url).status_code == 200


def test_shows_how_connections_are_and_what_failed(admin_browser, agency, other_agency, rows):
    fail(agency, "a")
    fail(other_agency, "b")
    page = admin_browser.get(page_of(agency)).content.decode()
    assert "Ts-Immo · OWNWORD" in page
    assert "Key refused" in page
    assert "no OWNWORD" in page
    assert "Villa a" in page
    assert "Villa b" not in page
    assert "Owner OWNWORD" in page
    assert "hooks.ownword.example" in page
    assert "hooks.ownword.example/OWNWORD" not in page


def test_says_what_is_missing(admin_browser, agency):
    page = admin_browser.get(page_of(agency)).content.decode()
    assert "The agency has stored no key." in page
    assert "No job has failed" in page


def test_offers_the_places_of_people_but_not_of_operators(operator, agency, member):
    owner = member(agency)
    Membership.objects.create(agency=agency, user=operator, role=Role.AGENT)
    found = {membership.user: may for membership, may in overview_of(agency, operator)["people"]}
    assert found == {owner: True, operator: False}
    helper = User.objects.create_user("h@passerelle.example", is_staff=True)
    assert not any(may for _membership, may in overview_of(agency, helper)["people"])


def test_asks_as_much_of_the_database_for_many_as_for_few(
    admin_browser, agency, rows, django_assert_max_num_queries
):
    fail(agency, "a")
    admin_browser.get(page_of(agency))
    with django_assert_max_num_queries(100) as few:
        admin_browser.get(page_of(agency))
    for number in range(8):
        fail(agency, f"more {number}")
        person = User.objects.create_user(f"{number}@martin.example")
        Membership.objects.create(agency=agency, user=person, role=Role.AGENT)
    with django_assert_max_num_queries(len(few)):
        admin_browser.get(page_of(agency))


def test_is_for_operators_who_may_see_agencies(browser, agency, helper):
    for role in Role:
        assert browser(agency, role).get(page_of(agency))["Location"].startswith(reverse("admin:login"))
    looking = helper("accounts.view_agency")
    assert looking.get(page_of(agency)).status_code == 200
    assert looking.get(reverse("admin:agency_overview", args=[0])).status_code == 404


def test_is_closed_to_operators_who_may_only_see_jobs(agency, helper):
    assert helper("jobs.view_job").get(page_of(agency)).status_code == 403


def test_is_found_from_the_agencys_own_page(admin_browser, agency):
    page = admin_browser.get(reverse("admin:accounts_agency_change", args=[agency.pk])).content.decode()
    assert f'href="{page_of(agency)}"' in page
