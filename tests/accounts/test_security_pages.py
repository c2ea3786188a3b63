"""What the pages of passwords, codes and passkeys say, and where they lead."""

import json
import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from accounts.second_factor import SecondFactorAdapter
from tests.accounts.conftest import PASSWORD, check_page, confirm_access


@pytest.fixture
def ana(person):
    return person()


@pytest.fixture
def client(ana, logged_in):
    """Ana's browser, which has just said once more that it is she."""
    return confirm_access(logged_in(ana))


def passkey(user, name="Phone"):
    data = {"name": name, "credential": {}}
    return Authenticator.objects.create(user=user, type="webauthn", data=data)


def read(client, name, *arguments):
    answer = client.get(reverse(name, args=arguments))
    check_page(answer)
    return answer.content.decode()


def at_the_step(user, monkeypatch):
    """A browser between the password and the account, of somebody whose passkeys are not really any."""
    options = {"publicKey": {"challenge": "YQ", "allowCredentials": [{"type": "public-key", "id": "YQ"}]}}
    monkeypatch.setattr("allauth.mfa.base.views.webauthn_auth.begin_authentication", lambda user: options)
    browser = Client()
    browser.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    return browser


def test_the_apps_key_can_be_copied_and_opened_on_the_phone_itself(client):
    page = read(client, "mfa_activate_totp")
    secret = client.session["mfa.totp.secret"]
    assert f'id="authenticator_secret">{secret}</code>' in page
    assert f'data-copy="{secret}"' in page
    assert 'href="otpauth://totp/ana%40example.org?secret=' in page
    assert f'alt="{secret}"' not in page


@pytest.mark.parametrize("name", ["mfa_activate_totp", "mfa_authenticate", "mfa_reauthenticate"])
def test_a_code_is_typed_on_a_keyboard_of_digits_and_may_be_filled_in(client, ana, name, monkeypatch):
    if name != "mfa_activate_totp":
        Authenticator.objects.create(user=ana, type="totp", data={"secret": "A" * 16})
    browser = at_the_step(ana, monkeypatch) if name == "mfa_authenticate" else client
    (field,) = re.findall(r'<input[^>]*name="code"[^>]*>', read(browser, name))
    assert 'inputmode="numeric"' in field
    assert 'autocomplete="one-time-code"' in field


def test_who_only_has_a_passkey_is_not_asked_for_an_app(ana, monkeypatch):
    passkey(ana)
    page = read(at_the_step(ana, monkeypatch), "mfa_authenticate")
    assert "authenticator app" not in page
    assert "one of your recovery codes" in page
    assert re.search(r'id="mfa_webauthn_authenticate" class="btn btn-primary', page)


def test_a_refused_passkey_is_not_called_a_code(ana, monkeypatch):
    passkey(ana)
    browser = at_the_step(ana, monkeypatch)
    page = browser.post(reverse("mfa_authenticate"), {"credential": json.dumps({})}).content.decode()
    assert "The passkey was not accepted" in page
    assert "This code is wrong" not in page


def test_a_passkey_replaces_the_password_unless_one_says_otherwise(client):
    page = read(client, "mfa_add_webauthn")
    assert re.search(r'<input[^>]*name="passwordless"[^>]* checked', page)


@pytest.mark.parametrize("name", ["mfa_add_webauthn", "account_login"])
def test_a_passkey_that_does_not_come_is_told_of_on_the_page(client, name):
    page = read(Client() if name == "account_login" else client, name)
    assert "data-passkey-trouble hidden" in page
    assert "js/passkeys.js" in page


def test_passkeys_are_numbered_until_they_have_a_name(client, ana):
    assert 'value="Passkey 1"' in read(client, "mfa_add_webauthn")
    passkey(ana)
    assert SecondFactorAdapter().generate_authenticator_name(ana, "webauthn") == "Passkey 2"


def test_removing_a_passkey_names_it_and_says_what_it_costs(client, ana):
    page = read(client, "mfa_remove_webauthn", passkey(ana, "<b>Old phone").pk)
    assert "Remove “&lt;b&gt;Old phone”</button>" in page
    assert "your password alone opens your account" in page


def test_confirming_offers_every_way_that_there_is(client, ana):
    passkey(ana)
    Authenticator.objects.create(user=ana, type="totp", data={"secret": "A" * 16})
    page = read(client, "mfa_reauthenticate")
    assert "Use your password" in page
    assert "Use a passkey" in page
    assert "Use a code" not in page


@pytest.mark.parametrize(
    ("name", "back"),
    [
        ("account_reauthenticate", "profile"),
        ("account_change_password", "profile"),
        ("account_logout", "profile"),
        ("mfa_activate_totp", "mfa_index"),
        ("mfa_add_webauthn", "mfa_index"),
        ("mfa_list_webauthn", "mfa_index"),
    ],
)
def test_there_is_a_way_back(client, name, back):
    assert f'href="{reverse(back)}"' in read(client, name).partition('<main class="page')[2]


@pytest.mark.parametrize(
    "page",
    [
        "/account/password/reset/",
        "/account/password/reset/key/1-xxx-yyy/",
        "/account/password/reset/key/done/",
        "/account/confirm-email/xxx/",
        "/account/inactive/",
    ],
)
def test_a_stranger_finds_back_to_the_login(db, page):
    answer = Client().get(page)
    check_page(answer)
    assert f'href="{reverse("account_login")}"' in answer.content.decode()


def test_a_changed_password_leads_back_to_the_profile(client):
    typed = {"oldpassword": PASSWORD, "password1": "another horse", "password2": "another horse"}
    assert client.post(reverse("account_change_password"), typed).url == reverse("profile")
