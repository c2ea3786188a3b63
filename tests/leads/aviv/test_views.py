import pytest
from django.urls import reverse

from accounts.roles import Role
from estates.connections.models import Connection
from estates.jobs.models import Job
from estates.leads.aviv import subscribing
from estates.leads.models import WebhookSubscription

pytestmark = pytest.mark.django_db


@pytest.fixture
def at(agency, source):
    """`at("fetch")` is the address of what is done with the source."""
    return lambda name="": reverse(
        f"leads:aviv{'_' if name else ''}{name}", args=[agency.slug, source.connection_id]
    )


def kinds(agency) -> list[str]:
    return list(Job.objects.for_agency(agency).values_list("kind", flat=True))


@pytest.mark.parametrize("role", Role)
def test_everybody_sees_the_page_and_only_what_they_may_do(agency, browser, at, role):
    page = browser(agency, role).get(at()).content.decode()
    assert "Fetching" in page
    assert ("Fetch now" in page) is role.suffices_for(Role.AGENT)
    assert ("Let AVIV announce leads" in page) is role.suffices_for(Role.MANAGER)
    assert ("Leads since" in page) is role.suffices_for(Role.MANAGER)


@pytest.mark.parametrize(
    ("name", "least", "kind"),
    [("fetch", Role.AGENT, "leads.fetch_aviv"), ("subscribe", Role.MANAGER, "leads.subscribe_aviv")],
)
def test_buttons_start_work_for_whom_it_is(agency, browser, at, name, least, kind):
    for role in Role:
        assert browser(agency, role).get(at(name)).status_code in (403, 405)
        if not role.suffices_for(least):
            assert browser(agency, role).post(at(name)).status_code == 403
    assert kinds(agency) == []
    assert browser(agency, least).post(at(name)).status_code == 302
    assert kinds(agency) == [kind]


def test_the_subscriptions_buttons(agency, browser, at, source, subscribe_for_real, finish):
    subscription = subscribe_for_real(source.connection)
    where = reverse("leads:aviv_want", args=[agency.slug, subscription.pk])
    manager = browser(agency, Role.MANAGER)
    rows = WebhookSubscription.objects.for_agency(agency)
    for wanted in ("INACTIVE", "ACTIVE", "", "NONSENSE", "GONE"):
        assert manager.post(where, {"wanted": wanted}).status_code == 302
        if wanted in WebhookSubscription.Wanted.values:
            assert rows.get().wanted == wanted
        page = manager.get(at()).content.decode()
        assert "data-reload-when-finished" in page
        finish(Job.objects.for_agency(agency).filter(kind=subscribing.KIND).latest("pk"))
    assert not rows.exists()
    assert browser(agency, Role.AGENT).post(where).status_code == 403


def test_the_address_is_shown_to_managers_alone_and_the_key_to_nobody(
    agency, browser, at, account, source, subscribe_for_real
):
    subscription = subscribe_for_real(source.connection)
    (theirs,) = account.subscriptions.values()
    for role in Role:
        page = browser(agency, role).get(at()).content.decode()
        assert (subscription.opaque in page) is role.suffices_for(Role.MANAGER)
        assert theirs.api_key not in page


def test_an_address_that_nobody_can_call_is_said(agency, browser, at, settings):
    assert "cannot be called from outside" in browser(agency).get(at()).content.decode()
    settings.PUBLIC_URL = "https://portal.example.fr"
    assert "cannot be called from outside" not in browser(agency).get(at()).content.decode()


def test_other_systems_and_removed_keys_have_no_such_page(agency, browser, at, source, connected):
    other = connected(agency, "marketing_lab", label="other")
    assert browser(agency).get(reverse("leads:aviv", args=[agency.slug, other.pk])).status_code == 404
    Connection.objects.for_agency(agency).update(removed_at=source.next_at)
    assert browser(agency).get(at()).status_code == 404


def test_the_list_of_keys_leads_here(agency, browser, at):
    assert at() in browser(agency).get(reverse("connections:index", args=[agency.slug])).content.decode()
