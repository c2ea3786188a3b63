"""Who may see and do what, on every page of the rules, the plans and the listings."""

import pytest

from accounts.roles import Role
from estates.syndication.models import Listing
from tests.syndication.screens.conftest import url
from tests.syndication.screens.making import connection_of, listing_of, plan_of

ROUTES = {
    "index": (Role.VIEWER, "GET", ""),
    "plan": (Role.VIEWER, "GET", "plan"),
    "look": (Role.AGENT, "POST", "plan"),
    "rules": (Role.MANAGER, "GET POST", "connection"),
    "switch": (Role.MANAGER, "GET POST", "plan"),
    "listings": (Role.VIEWER, "GET", "plan"),
    "listing": (Role.VIEWER, "GET", "listing"),
    "hand": (Role.AGENT, "POST", "listing"),
    "send": (Role.AGENT, "POST", "listing"),
    "of_estate": (Role.VIEWER, "GET", "estate"),
    "estate_hand": (Role.AGENT, "POST", "estate"),
}


@pytest.fixture
def keys(plan, listing):
    return {
        "plan": plan.pk,
        "connection": plan.connection_id,
        "listing": listing.pk,
        "estate": listing.estate_id,
        "": None,
    }


def address(name, agency, pk):
    return url(name, agency, *([] if pk is None else [pk]))


@pytest.mark.parametrize("name", ROUTES)
def test_who_may_what(name, agency, other_agency, plan, keys, browser):
    least, verbs, about = ROUTES[name]
    here = address(name, agency, keys[about])
    sent = {"plan": plan.pk, "version": 0}
    for role in Role:
        client = browser(agency, role)
        for verb, ask in (("GET", client.get), ("POST", client.post)):
            status = ask(here, sent).status_code
            if verb not in verbs:
                assert status == 405, (role, verb)
            elif role.suffices_for(least):
                assert status in (200, 302, 409, 422), (role, verb)
            else:
                assert status == 403, (role, verb)
        assert client.put(here).status_code == 405
    outsider = browser(other_agency)
    assert {outsider.get(here).status_code, outsider.post(here, sent).status_code} <= {404, 405}


@pytest.mark.parametrize("name", [name for name, (_, _, about) in ROUTES.items() if about])
def test_what_is_not_there_and_what_is_another_agencys(name, agency, other_agency, browser):
    theirs = plan_of(other_agency, "Nice")
    row = listing_of(theirs)
    keys = {
        "plan": theirs.pk,
        "connection": theirs.connection_id,
        "listing": row.pk,
        "estate": row.estate_id,
    }
    client = browser(agency)
    _least, verbs, about = ROUTES[name]
    for pk in (999_999, keys[about]):
        ask = client.get if "GET" in verbs else client.post
        assert ask(url(name, agency, pk)).status_code == 404
    row.refresh_from_db()
    assert row.hand == ""
    assert not row.insists


def test_a_decision_needs_a_plan_of_the_agency(agency, other_agency, plan, listing, browser):
    theirs, client = plan_of(other_agency, "Nice"), browser(agency)
    here = url("estate_hand", agency, listing.estate_id)
    for given in (theirs.pk, "", "x", "9" * 40, "١"):
        assert client.post(here, {"plan": given, "hand": "never"}).status_code == 404
    assert not Listing.objects.across_agencies().exclude(hand="").exists()


def test_the_rules_are_those_of_a_connection_to_seeki_in_use(agency, plan, browser):
    client = browser(agency)
    assert client.get(url("rules", agency, connection_of(agency).pk)).status_code == 404
    removed = connection_of(agency, "seeki", "Old", removed_at="2026-01-01T00:00:00Z")
    assert client.get(url("rules", agency, removed.pk)).status_code == 404
