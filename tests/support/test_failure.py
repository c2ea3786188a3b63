"""From a failure to a draft that its writer sees before it goes."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from estates.connections.models import State
from estates.jobs.models import Job
from support.models import Draft, Ticket
from tests.support import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency(agency):
    agency.language = "en"
    agency.save()
    return agency


@pytest.fixture
def account(agency):
    return making.connection(
        agency, state=State.FAILING, last_outcome="unreachable", last_used_at=timezone.now()
    )


@pytest.fixture
def site(account):
    return making.site(account, state="refused", words="No such key", answered_at=timezone.now())


@pytest.fixture
def job(agency, site):
    return making.failed(agency, title="Villa", error="Bad gateway", params={"site": site.pk})


@pytest.fixture
def things(job, site, account):
    return {"job": job, "site": site, "connection": account}


def url(agency, what, pk):
    return reverse("support:about", args=[agency.slug, what, pk])


def drafts(agency):
    return list(Draft.objects.for_agency(agency))


@pytest.mark.parametrize("what", ["job", "site", "connection"])
def test_a_failure_becomes_a_draft_and_nothing_goes(agency, browser, member, site, things, what):
    answer = browser(agency, Role.MANAGER).post(url(agency, what, things[what].pk))
    assert answer["Location"] == reverse("support:new", args=["martin"])
    (draft,) = drafts(agency)
    assert (draft.user, draft.site, draft.ticket) == (member(agency, Role.MANAGER), site, None)
    assert draft.subject
    assert draft.subject in draft.text
    assert draft.text.startswith("Hello,")
    assert not Ticket.objects.for_agency(agency).exists()
    assert not Job.objects.for_agency(agency).filter(kind="support.send").exists()


def test_the_draft_is_shown_before_it_goes(agency, browser, job):
    page = browser(agency, Role.AGENT).post(url(agency, "job", job.pk), follow=True).content.decode()
    assert "Bad gateway" in page
    assert "stands in the message" in page


def test_what_was_typed_before_stays_and_the_failure_comes_below_it(agency, browser, member, account, job):
    other = making.site(account, "other.example")
    Draft.objects.create(
        agency=agency, user=member(agency), subject="Photos", text="Bonjour,\nles photos", site=other
    )
    browser(agency).post(url(agency, "job", job.pk))
    (draft,) = drafts(agency)
    assert (draft.subject, draft.site) == ("Photos", other)
    assert draft.text.startswith("Bonjour,\nles photos\n\nWhat failed: ")


def test_two_clicks_tell_it_once_and_another_failure_comes_below(agency, browser, job, site):
    client = browser(agency)
    client.post(url(agency, "job", job.pk))
    once = drafts(agency)[0].text
    # As a browser gives it back.
    Draft.objects.for_agency(agency).update(text=once.replace("\n", "\r\n") + "  \r\n")
    client.post(url(agency, "job", job.pk))
    (draft,) = drafts(agency)
    assert draft.text.count("Bad gateway") == 1
    client.post(url(agency, "site", site.pk))
    (draft,) = drafts(agency)
    assert (draft.text.count("Bad gateway"), draft.text.count("No such key")) == (1, 1)


def test_what_works_again_writes_nothing(agency, browser, account):
    type(account).objects.for_agency(agency).update(state=State.WORKING)
    answer = browser(agency).post(url(agency, "connection", account.pk))
    assert answer["Location"] == reverse("support:new", args=["martin"])
    assert drafts(agency) == []


def test_each_person_has_a_draft_of_their_own(agency, browser, job):
    for role in (Role.AGENT, Role.OWNER):
        browser(agency, role).post(url(agency, "job", job.pk))
    assert len(drafts(agency)) == 2


@pytest.mark.parametrize("what", ["job", "site", "connection"])
def test_foreign_and_missing_ids_are_not_found(agency, other_agency, browser, things, what):
    stranger = browser(other_agency)
    assert stranger.post(url(other_agency, what, things[what].pk)).status_code == 404
    assert stranger.post(url(agency, what, things[what].pk)).status_code == 404
    assert browser(agency).post(url(agency, what, 10**9)).status_code == 404
    assert drafts(agency) == drafts(other_agency) == []


def test_nothing_else_can_be_told(agency, browser, job):
    assert browser(agency).post(url(agency, "lead", job.pk)).status_code == 404
    assert drafts(agency) == []


def test_a_removed_connection_is_not_found(agency, browser, account):
    type(account).objects.for_agency(agency).update(removed_at=timezone.now())
    assert browser(agency).post(url(agency, "connection", account.pk)).status_code == 404


@pytest.mark.parametrize(
    ("role", "what", "status"),
    [
        (Role.VIEWER, "job", 403),
        (Role.VIEWER, "site", 403),
        (Role.VIEWER, "connection", 403),
        (Role.AGENT, "job", 302),
        (Role.AGENT, "site", 302),
        (Role.AGENT, "connection", 403),
        (Role.MANAGER, "connection", 302),
    ],
)
def test_who_may_tell_what(agency, browser, things, role, what, status):
    """An agent does not see the connections, and so does not get their words in a draft either."""
    assert browser(agency, role).post(url(agency, what, things[what].pk)).status_code == status


def test_looking_writes_nothing(agency, browser, client, job):
    assert browser(agency).get(url(agency, "job", job.pk)).status_code == 405
    assert client.post(url(agency, "job", job.pk)).status_code == 302
    assert drafts(agency) == []


def button(agency, what, thing) -> str:
    return f'action="{url(agency, what, thing.pk)}"'


def test_the_pages_of_failures_have_the_button(agency, browser, job, site, account):
    pages = {
        "job": reverse("jobs:detail", args=["martin", job.pk]),
        "site": reverse("wordpress:detail", args=["martin", site.pk]),
        "connection": reverse("connections:index", args=["martin"]),
    }
    for what, thing in (("job", job), ("site", site), ("connection", account)):
        assert button(agency, what, thing) in browser(agency, Role.MANAGER).get(pages[what]).content.decode()
    for what, thing in (("job", job), ("site", site)):
        assert button(agency, what, thing) in browser(agency, Role.AGENT).get(pages[what]).content.decode()
        assert (
            button(agency, what, thing) not in browser(agency, Role.VIEWER).get(pages[what]).content.decode()
        )


def test_the_button_is_there_for_a_stuck_site_and_not_for_what_works(agency, browser, job, site, account):
    client = browser(agency)
    type(site).objects.for_agency(agency).update(state="activating")
    page = reverse("wordpress:detail", args=["martin", site.pk])
    assert button(agency, "site", site) in client.get(page).content.decode()
    type(site).objects.for_agency(agency).update(state="active")
    assert button(agency, "site", site) not in client.get(page).content.decode()
    type(account).objects.for_agency(agency).update(state=State.WORKING)
    page = reverse("connections:index", args=["martin"])
    assert button(agency, "connection", account) not in client.get(page).content.decode()
    Job.objects.for_agency(agency).update(status="done")
    page = reverse("jobs:detail", args=["martin", job.pk])
    assert button(agency, "job", job) not in client.get(page).content.decode()
