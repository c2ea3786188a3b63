"""Every page of logging in and of one's own account wears the shell and keeps the content security policy."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.urls import get_resolver, reverse

from accounts.invitations import invite
from accounts.roles import Role
from tests.accounts.conftest import check_page, confirm_access, link_in

ENTRANCE = [
    "account_login",
    "account_signup",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "account_email_verification_sent",
    "account_inactive",
]
MANAGE = [
    "account_logout",
    "account_email",
    "account_change_password",
    "account_reauthenticate",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "usersessions_list",
    "profile",
    "mails",
    "agencies",
    "new_agency",
]
# Pages that send elsewhere, hand out a file or JSON, or are only reached on a way that other tests walk.
ELSEWHERE = {
    "account_confirm_email",
    "account_confirm_login_code",
    "account_reset_password_from_key",
    "account_set_password",
    "mfa_authenticate",
    "mfa_deactivate_totp",
    "mfa_download_recovery_codes",
    "mfa_edit_webauthn",
    "mfa_generate_recovery_codes",
    "mfa_login_webauthn",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
    "mfa_view_recovery_codes",
}


def test_every_route_of_the_login_is_known():
    """A page that a new version of allauth brings must be looked at before it is shown."""
    names = {str(name) for name in get_resolver().reverse_dict if isinstance(name, str)}
    login = {name for name in names if name.startswith(("account_", "mfa_", "usersessions_"))}
    assert login == {name for name in ENTRANCE + MANAGE if "_" in name and name != "new_agency"} | ELSEWHERE


@pytest.mark.parametrize("name", ENTRANCE)
def test_entrance(client, db, name):
    check_page(client.get(reverse(name)))


@pytest.mark.parametrize("name", MANAGE)
def test_manage(person, logged_in, name):
    check_page(confirm_access(logged_in(person())).get(reverse(name)))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_speaks_the_browsers_language(client, db, language):
    page = client.get("/account/login/", headers={"accept-language": language}).content.decode()
    assert f'<html lang="{language}"' in page
    assert ("Mot de passe" in page) == (language == "fr")


def test_links_out_of_mails(client, person, db):
    client.post(
        "/account/signup/",
        {"name": "B", "email": "b@example.org", "password1": "x" * 9 + "q1"} | {"password2": "x" * 9 + "q1"},
    )
    check_page(client.get(link_in(mail.outbox[0])))
    check_page(client.get("/account/confirm-email/no-such-key/"))
    Client().post("/account/password/reset/", {"email": person().email})
    link = link_in(mail.outbox[-1])
    check_page(client.get(link, follow=True))
    check_page(Client().get(link[:-5] + "xxxx/"))


def test_every_refused_form(client, db):
    for name in ["account_login", "account_signup", "account_reset_password"]:
        answer = client.post(reverse(name), {})
        check_page(answer)
        assert "invalid-feedback" in answer.content.decode()


def test_a_waiting_change_of_address(person, logged_in):
    ana = person()
    client = confirm_access(logged_in(ana))
    client.post(reverse("account_email"), {"action_add": "1", "email": "new@example.org"})
    assert EmailAddress.objects.filter(email="new@example.org", verified=False).exists()
    check_page(client.get(reverse("account_email")))


def test_second_factor_pages(person, logged_in):
    ana = person()
    client = confirm_access(logged_in(ana))
    Authenticator.objects.create(user=ana, type="totp", data={"secret": "A" * 16})
    key = Authenticator.objects.create(user=ana, type="webauthn", data={"name": "<b>key", "credential": {}})
    for name in [
        "mfa_index",
        "mfa_deactivate_totp",
        "mfa_generate_recovery_codes",
        "mfa_reauthenticate",
    ]:
        check_page(client.get(reverse(name)))
    client.post(reverse("mfa_generate_recovery_codes"))
    check_page(client.get(reverse("mfa_view_recovery_codes")))
    for name in ["mfa_edit_webauthn", "mfa_remove_webauthn"]:
        check_page(client.get(reverse(name, args=[key.pk])))


def test_invitation_pages(agency, member, person, client, logged_in):
    ana = person()
    links = {}
    for email in ["new@example.org", ana.email]:
        invitation, token = invite(agency, member(agency), email, Role.AGENT)
        links[email] = reverse("invitation", args=[token])
    check_page(client.get(links["new@example.org"]))
    check_page(client.get(links[ana.email]))
    check_page(logged_in(ana).get(links[ana.email]))
    check_page(logged_in(ana).get(links["new@example.org"]))
    assert invitation.state == "open"


@pytest.mark.parametrize("name", ["settings", "members", "trail", "leave"])
@pytest.mark.parametrize("role", [Role.VIEWER, Role.OWNER])
def test_an_agencys_pages(agency, browser, name, role):
    answer = browser(agency, role).get(reverse(f"accounts:{name}", args=[agency.slug]))
    if answer.status_code != 403:
        check_page(answer)
    assert (answer.status_code == 403) == (name == "trail" and role == Role.VIEWER)
