"""What an open session may do after the person, the role or the account has changed."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts import members
from accounts.models import Membership
from accounts.roles import Role
from tests.accounts.conftest import PASSWORD


def log_in(client: Client, email: str) -> None:
    assert client.post(reverse("account_login"), {"login": email, "password": PASSWORD}).status_code == 302


def test_a_session_made_before_the_login_is_worth_nothing_after_it(person, client):
    """Session fixation: whoever planted the cookie does not get in with it."""
    planted = Client()
    planted.post(reverse("set_language"), {"language": "en"})
    session = planted.session
    session["planted"] = True
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    log_in(client, person().email)
    assert client.cookies["sessionid"].value != before
    stranger = Client()
    stranger.cookies["sessionid"] = before
    assert stranger.get(reverse("profile")).status_code == 302


def test_a_session_of_the_cookie_s_own_choice_is_not_made(person, client):
    client.cookies["sessionid"] = "a" * 32
    log_in(client, person().email)
    assert client.cookies["sessionid"].value != "a" * 32


def test_another_site_logs_nobody_out(person):
    """No GET does it, a picture's for instance, and no POST without the token."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(person(), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(reverse("account_logout")).status_code == 200
    assert client.post(reverse("account_logout")).status_code == 403
    assert client.get(reverse("profile")).status_code == 200


def test_who_has_logged_out_is_out_wherever_the_cookie_was_copied(person, client):
    log_in(client, person().email)
    copy = Client()
    copy.cookies["sessionid"] = client.cookies["sessionid"].value
    assert copy.get(reverse("profile")).status_code == 200
    client.post(reverse("account_logout"))
    assert copy.get(reverse("profile")).status_code == 302


def test_a_closed_account_is_out_at_once(agency, member, browser):
    client, user = browser(agency), member(agency)
    assert client.get("/agencies/martin/").status_code == 200
    user.is_active = False
    user.save()
    for page in ("/agencies/martin/", reverse("profile"), reverse("agencies"), "/admin/"):
        assert client.get(page).status_code == 302, page
    assert client.post("/agencies/martin/settings/", {"name": "x"}).status_code == 302


@pytest.mark.parametrize("page", ["connections/add/", "members/", "trail/", "trail/check/", "invitations/"])
def test_who_was_an_owner_when_the_page_was_opened_is_none_when_it_is_sent(agency, member, browser, page):
    client, boss = browser(agency), member(agency)
    second = member(agency, Role.MANAGER)
    Membership.objects.filter(user=second).update(role=Role.OWNER)
    members.change_role(Membership.objects.get(user=boss), second, Role.VIEWER)
    sent = {
        "email": "x@y.example",
        "role": "owner",
        "system": "ts_immo",
        "environment": "production",
        "key": "k",
    }
    assert client.post(f"/agencies/martin/settings/{page}", sent).status_code in (403, 405)
    assert client.get(f"/agencies/martin/settings/{page}").status_code in (200, 403, 405)
    assert "x@y.example" not in client.get("/agencies/martin/settings/members/").content.decode()


def test_who_was_removed_starts_nothing_from_a_page_that_is_still_open(agency, member, browser):
    client = browser(agency, Role.MANAGER)
    members.remove_member(Membership.objects.get(user=member(agency, Role.MANAGER)), member(agency))
    for page in ("", "estates/", "estates/export.xlsx", "jobs/", "settings/", "settings/members/leave/"):
        assert client.get(f"/agencies/martin/{page}").status_code == 404
        assert client.post(f"/agencies/martin/{page}").status_code in (404, 405)


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "\\\\evil.example", "/\\evil.example", "javascript:alert(1)",
     "http:evil.example", "///evil.example", "https:/evil.example", "/\t/evil.example",
     "https://testserver@evil.example/", "https://testserver.evil.example/"],
)  # fmt: skip
@pytest.mark.parametrize(
    "page", ["account_login", "account_logout", "account_signup", "set_language", "account_reauthenticate"]
)
def test_no_page_sends_people_to_other_sites(person, page, target):
    client = Client()
    user = person()
    if page in ("account_logout", "account_reauthenticate", "set_language"):
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    sent = {"login": user.email, "password": PASSWORD, "language": "fr", "next": target}
    answer = client.post(reverse(page), sent)
    assert "evil.example" not in answer.get("Location", "")
    assert "javascript" not in answer.get("Location", "")
    asked = client.get(reverse(page), {"next": target})
    assert asked.status_code in (200, 302, 405)
    assert "evil.example" not in asked.get("Location", "").partition("?")[0]
