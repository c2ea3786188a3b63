"""Every route of an agency's settings, by role, by verb, and by foreign ids: one table."""

import pytest
from django.urls import reverse

from accounts.invitations import invite
from accounts.models import Membership
from accounts.roles import Role

GET, POST = "get", "post"

# name, kind of object in the URL, verb, least role, status for that role, wrong verb
ROUTES = [
    ("settings", None, GET, Role.VIEWER, 200, "put"),
    ("settings", None, POST, Role.MANAGER, 200, "delete"),
    ("members", None, GET, Role.VIEWER, 200, POST),
    ("leave", None, GET, Role.VIEWER, 200, "put"),
    ("change_role", "member", POST, Role.OWNER, 302, GET),
    ("remove_member", "member", GET, Role.OWNER, 200, "put"),
    ("remove_member", "member", POST, Role.OWNER, 302, "put"),
    ("transfer_ownership", "member", GET, Role.OWNER, 200, "put"),
    ("transfer_ownership", "member", POST, Role.OWNER, 302, "put"),
    ("invite", None, POST, Role.OWNER, 400, GET),
    ("resend_invitation", "invitation", POST, Role.OWNER, 302, GET),
    ("revoke_invitation", "invitation", POST, Role.OWNER, 302, GET),
    ("trail", None, GET, Role.OWNER, 200, POST),
    ("check_trail", None, POST, Role.OWNER, 302, GET),
]
IDS = [f"{verb} {name}" for name, _kind, verb, *_rest in ROUTES]


@pytest.fixture
def target(member):
    """The id that a route's URL needs, in the given agency."""

    def find(agency, kind):
        if kind == "member":
            return [Membership.objects.get(agency=agency, user=member(agency, Role.VIEWER)).pk]
        if kind == "invitation":
            invitation, _token = invite(agency, member(agency), "new@example.org", Role.AGENT)
            return [invitation.pk]
        return []

    return find


@pytest.mark.parametrize(("name", "kind", "verb", "least", "status", "wrong"), ROUTES, ids=IDS)
class TestRoute:
    def test_roles(self, agency, browser, target, name, kind, verb, least, status, wrong):
        url = reverse(f"accounts:{name}", args=[agency.slug, *target(agency, kind)])
        for role in Role:
            answer = getattr(browser(agency, role), verb)(url)
            if role.suffices_for(least):
                break
            assert answer.status_code == 403, role
        assert role == least
        assert answer.status_code == status

    def test_outsider(self, agency, other_agency, browser, target, name, kind, verb, least, status, wrong):
        url = reverse(f"accounts:{name}", args=[agency.slug, *target(agency, kind)])
        assert getattr(browser(other_agency), verb)(url).status_code == 404

    def test_foreign_id(self, agency, other_agency, browser, target, name, kind, verb, least, status, wrong):
        foreign = target(other_agency, kind) or ["the route takes no id"]
        if kind is None:
            url = reverse(f"accounts:{name}", args=["no-such-agency"])
        else:
            url = reverse(f"accounts:{name}", args=[agency.slug, *foreign])
        assert getattr(browser(agency), verb)(url).status_code == 404

    def test_missing_id(self, agency, browser, name, kind, verb, least, status, wrong):
        args = ["nowhere"] if kind is None else [agency.slug, 999_999_999]
        url = reverse(f"accounts:{name}", args=args)
        assert getattr(browser(agency), verb)(url).status_code == 404

    def test_wrong_verb(self, agency, browser, target, name, kind, verb, least, status, wrong):
        url = reverse(f"accounts:{name}", args=[agency.slug, *target(agency, kind)])
        assert getattr(browser(agency), wrong)(url).status_code == 405

    def test_logged_out(self, agency, client, target, name, kind, verb, least, status, wrong):
        url = reverse(f"accounts:{name}", args=[agency.slug, *target(agency, kind)])
        answer = getattr(client, verb)(url)
        assert answer.status_code == 302
        assert answer.url == f"/account/login/?next={url if verb == 'get' else '/'}"


@pytest.mark.parametrize("name", ["agencies", "new_agency", "profile"])
def test_a_persons_pages_ask_for_login(client, db, name):
    answer = client.get(reverse(name))
    assert answer.status_code == 302
    assert answer.url.startswith("/account/login/")


@pytest.mark.parametrize(("name", "status"), [("agencies", 405), ("new_agency", 200), ("profile", 200)])
def test_a_persons_pages_by_verb(agency, browser, name, status):
    assert browser(agency).get(reverse(name)).status_code == 200
    assert browser(agency).post(reverse(name)).status_code == status
    assert browser(agency).put(reverse(name)).status_code == 405


def test_an_invitations_page_takes_no_other_verb(client, db):
    assert client.put(reverse("invitation", args=["x"])).status_code == 405
