"""Authenticator apps, recovery codes and passkeys, from switching on to logging in with them."""

import json
import time
from hashlib import sha256

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import reverse
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from accounts.second_factor import SecondFactorAdapter, reencrypt_seeds
from tests.accounts.conftest import PASSWORD, check_page, confirm_access


@pytest.fixture(autouse=True)
def encrypted_seeds(settings):
    settings.MFA_ADAPTER = "accounts.second_factor.SecondFactorAdapter"


def code(secret):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


@pytest.fixture
def clock():
    """A minute after the code was last used, so that the next one is another."""
    with time_machine.travel("2026-05-04 08:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def with_app(person, logged_in, clock):
    """Ana, her browser and the secret of her authenticator app, switched on through the page."""
    ana = person()
    client = confirm_access(logged_in(ana))
    page = reverse("mfa_activate_totp")
    assert "data:image/svg+xml" in client.get(page).content.decode()
    secret = client.session["mfa.totp.secret"]
    assert client.post(page, {"code": code(secret)}).status_code == 302
    clock.shift(60)
    return ana, client, secret


def start_login(user):
    client = Client()
    answer = client.post("/account/login/", {"login": user.email, "password": PASSWORD})
    assert answer.url == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session
    return client


class TestAuthenticatorApp:
    def test_is_asked_for_at_the_next_login(self, with_app):
        ana, _client, secret = with_app
        client = start_login(ana)
        assert client.get(reverse("profile")).status_code == 302
        check_page(client.get(reverse("mfa_authenticate")))
        client.post(reverse("mfa_authenticate"), {"code": code(secret)})
        assert client.session["_auth_user_id"] == str(ana.pk)

    def test_a_wrong_code_opens_nothing(self, with_app):
        ana, _client, secret = with_app
        client = start_login(ana)
        wrong = f"{(int(code(secret)) + 1) % 1_000_000:06}"
        assert (
            "This code is wrong" in client.post(reverse("mfa_authenticate"), {"code": wrong}).content.decode()
        )
        assert "_auth_user_id" not in client.session

    def test_a_code_works_once(self, with_app):
        ana, _client, secret = with_app
        typed = {"code": code(secret)}
        start_login(ana).post(reverse("mfa_authenticate"), typed)
        again = start_login(ana)
        again.post(reverse("mfa_authenticate"), typed)
        assert "_auth_user_id" not in again.session

    def test_the_password_alone_does_not_reach_the_admin(self, with_app):
        ana, _client, _secret = with_app
        ana.is_staff = ana.is_superuser = True
        ana.save()
        client = start_login(ana)
        client.post("/admin/login/", {"username": ana.email, "password": PASSWORD})
        assert "_auth_user_id" not in client.session

    def test_its_secret_is_encrypted_in_the_database(self, with_app):
        _ana, _client, secret = with_app
        stored = json.dumps(list(Authenticator.objects.values("data")))
        assert secret not in stored
        assert "gAAAA" in stored

    def test_is_switched_off_with_the_password(self, with_app):
        ana, client, _secret = with_app
        client.post(reverse("mfa_deactivate_totp"))
        assert not Authenticator.objects.filter(user=ana).exists()
        assert "Switched off" in client.get(reverse("profile")).content.decode()

    def test_switching_on_asks_for_the_password_again(self, person, logged_in):
        answer = logged_in(person()).get(reverse("mfa_activate_totp"))
        assert answer.url.startswith(reverse("account_reauthenticate"))

    def test_the_step_says_what_to_do_without_the_phone_and_offers_no_passkey(self, with_app):
        step = start_login(with_app[0]).get(reverse("mfa_authenticate")).content.decode()
        assert "one of your recovery codes into the same field" in step
        assert "Back to the login" in step
        assert "passkey" not in step
        assert "webauthn" not in step

    def test_the_profile_says_that_it_is_on(self, with_app):
        assert "Switched on" in with_app[1].get(reverse("profile")).content.decode()


class TestRecoveryCodes:
    def codes(self, client):
        downloaded = client.get(reverse("mfa_download_recovery_codes")).content.decode()
        return downloaded.split()

    def test_open_the_account_once_each(self, with_app):
        ana, client, _secret = with_app
        codes = self.codes(client)
        assert len(codes) == 10
        assert codes[0] in client.get(reverse("mfa_view_recovery_codes")).content.decode()
        lost_phone = start_login(ana)
        lost_phone.post(reverse("mfa_authenticate"), {"code": codes[0]})
        assert lost_phone.session["_auth_user_id"] == str(ana.pk)
        again = start_login(ana)
        again.post(reverse("mfa_authenticate"), {"code": codes[0]})
        assert "_auth_user_id" not in again.session

    def test_say_what_they_are_for(self, with_app):
        _ana, client, _secret = with_app
        for name in ["mfa_view_recovery_codes", "mfa_generate_recovery_codes"]:
            answer = client.get(reverse(name))
            check_page(answer)
            page = answer.content.decode()
            assert "on paper or in a password manager" in page
            assert "Each works once" in page
            assert f'href="{reverse("mfa_index")}"' in page
        assert "The codes that you have now stop working." in page

    def test_the_overview_leads_to_all_of_it(self, with_app, person, logged_in):
        page = with_app[1].get(reverse("mfa_index")).content.decode()
        assert "10 of 10 codes are left." in page
        for name in ["mfa_deactivate_totp", "mfa_add_webauthn", "mfa_view_recovery_codes"]:
            assert f'href="{reverse(name)}"' in page
        page = confirm_access(logged_in(person("bob@example.org"))).get(reverse("mfa_index")).content.decode()
        for name in ["mfa_activate_totp", "mfa_add_webauthn"]:
            assert f'href="{reverse(name)}"' in page
        assert reverse("mfa_generate_recovery_codes") not in page

    def test_new_ones_replace_the_old(self, with_app):
        _ana, client, _secret = with_app
        old = self.codes(client)
        client.post(reverse("mfa_generate_recovery_codes"))
        assert not set(old) & set(self.codes(client))


class Key:
    """A passkey: a private key that answers a site's challenges."""

    def __init__(self, origin="http://testserver", site="testserver"):
        self.secret = ec.generate_private_key(ec.SECP256R1())
        self.id, self.origin, self.site = b"the-key's-own-name", origin, site

    def proof(self, kind, options):
        challenge = options["publicKey"]["challenge"]
        return CollectedClientData.create(kind, challenge, self.origin)

    def create(self, options):
        proof = self.proof("webauthn.create", options)
        public = ES256.from_cryptography_key(self.secret.public_key())
        credential = AttestedCredentialData.create(b"\0" * 16, self.id, public)
        flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | AuthenticatorData.FLAG.AT
        data = AuthenticatorData.create(sha256(self.site.encode()).digest(), flags, 0, credential)
        answer = {"attestationObject": websafe_encode(AttestationObject.create("none", data, {}))}
        return self.answer(proof, answer, {"credProps": {"rk": True}})

    def get(self, options, handle):
        proof = self.proof("webauthn.get", options)
        flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV
        data = AuthenticatorData.create(sha256(self.site.encode()).digest(), flags, 1)
        signed = self.secret.sign(data + proof.hash, ec.ECDSA(SHA256()))
        answer = {
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(signed),
            "userHandle": handle,
        }
        return self.answer(proof, answer, {})

    def answer(self, proof, answer, extensions):
        name = websafe_encode(self.id)
        return json.dumps(
            {
                "type": "public-key",
                "id": name,
                "rawId": name,
                "response": {"clientDataJSON": websafe_encode(proof), **answer},
                "clientExtensionResults": extensions,
            }
        )


class TestPasskey:
    def add(self, client, key):
        page = reverse("mfa_add_webauthn")
        options = client.get(page).context["js_data"]["creation_options"]
        typed = {"name": "Phone", "passwordless": "on", "credential": key.create(options)}
        return client.post(page, typed), options["publicKey"]["user"]["id"]

    def log_in(self, key, handle, client=None):
        client = client or Client()
        page = reverse("mfa_login_webauthn")
        options = client.get(page, headers={"accept": "application/json"}).json()["request_options"]
        client.post(page, {"credential": key.get(options, handle)})
        return client

    def test_is_added_listed_and_logs_in_without_a_password(self, person, logged_in):
        ana, key = person(), Key()
        client = confirm_access(logged_in(ana))
        answer, handle = self.add(client, key)
        assert answer.status_code == 302, answer.content.decode()
        listed = client.get(reverse("mfa_list_webauthn")).content.decode()
        assert "Phone" in listed
        for page in ["mfa_list_webauthn", "mfa_reauthenticate_webauthn"]:
            check_page(client.get(reverse(page)))
        assert "Never used" in listed
        assert len(websafe_decode(handle)) > 0
        assert self.log_in(key, handle).session["_auth_user_id"] == str(ana.pk)

    def test_is_offered_after_the_password_and_opens_the_account(self, person, logged_in):
        ana, key = person(), Key()
        _answer, handle = self.add(confirm_access(logged_in(ana)), key)
        client, step = start_login(ana), reverse("mfa_authenticate")
        answer = client.get(step)
        check_page(answer)
        assert "Use a passkey" in answer.content.decode()
        options = answer.context["js_data"]["request_options"]
        client.post(step, {"credential": key.get(options, handle)})
        assert client.session["_auth_user_id"] == str(ana.pk)

    def test_a_copied_name_with_another_key_stays_out(self, person, logged_in):
        client = confirm_access(logged_in(person()))
        _answer, handle = self.add(client, Key())
        assert "_auth_user_id" not in self.log_in(Key(), handle).session

    @pytest.mark.parametrize(
        ("origin", "opens"),
        [
            ("https://testserver", True),
            ("http://testserver", False),
            ("https://testserver.evil.example", False),
            ("https://evil.example", False),
        ],
    )
    def test_answers_for_other_sites_stay_out(self, person, logged_in, settings, origin, opens):
        """As in production, where the portal is served by https."""
        settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = False
        key = Key("https://testserver")
        _answer, handle = self.add(confirm_access(logged_in(person())), key)
        key.origin = origin
        assert ("_auth_user_id" in self.log_in(key, handle).session) is opens

    @pytest.mark.parametrize(
        "page", ["mfa_login_webauthn", "mfa_add_webauthn", "mfa_reauthenticate_webauthn"]
    )
    @pytest.mark.parametrize(
        "rubbish",
        [
            "9" * 5000,
            "[" * 100_000,
            '{"id": "YQ", "rawId": "Yg", "type": "public-key", "response": {}}',
            '{"id": "YQ", "rawId": "YQ", "type": "public-key", "response": '
            '{"clientDataJSON": "e30", "attestationObject": "oA"}}',
            '{"id": "\\ud800", "rawId": "\\ud800", "type": "public-key", "response": {"userHandle": "\\ud800"}}',
            "",
            "x",
            "{}",
            "[]",
            "null",
            '{"id": 1}',
            '{"id": "a", "rawId": "a", "type": "public-key", "response": 1}',
            '{"id": "a", "rawId": "é", "type": "x", "response": '
            '{"clientDataJSON": "a", "authenticatorData": "a", "signature": "a", "userHandle": 5}}',
            '{"id": "YQ", "rawId": "YQ", "type": "public-key", "response": '
            '{"clientDataJSON": "e30", "authenticatorData": "YQ", "signature": "YQ", "userHandle": "YQ"}}',
        ],
    )
    def test_rubbish_is_refused(self, person, logged_in, client, page, rubbish):
        browser = client if page == "mfa_login_webauthn" else confirm_access(logged_in(person()))
        browser.get(reverse(page), headers={"accept": "application/json"})
        assert browser.post(reverse(page), {"credential": rubbish}).status_code in {200, 302}
        assert "_auth_user_id" not in client.session
        assert not Authenticator.objects.exists()


class TestSeedCipher:
    def test_reads_under_older_keys_and_writes_under_the_newest(self, settings):
        old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
        settings.VAULT_KEYS = [old]
        sealed = SecondFactorAdapter().encrypt("seed")
        settings.VAULT_KEYS = [new, old]
        assert SecondFactorAdapter().decrypt(sealed) == "seed"
        assert Fernet(new).decrypt(SecondFactorAdapter().encrypt("seed").encode()) == b"seed"

    def test_raises_on_a_wrong_key(self, settings):
        sealed = SecondFactorAdapter().encrypt("seed")
        settings.VAULT_KEYS = [Fernet.generate_key().decode()]
        with pytest.raises(InvalidToken):
            SecondFactorAdapter().decrypt(sealed)

    def test_raises_without_keys(self, settings):
        settings.VAULT_KEYS = []
        with pytest.raises(ImproperlyConfigured):
            SecondFactorAdapter().encrypt("seed")

    def test_rotation_keeps_the_app_and_the_codes_working(self, with_app, settings):
        ana, client, secret = with_app
        codes = client.get(reverse("mfa_download_recovery_codes")).content
        old, new = settings.VAULT_KEYS, Fernet.generate_key().decode()
        settings.VAULT_KEYS = [new, *old]
        assert reencrypt_seeds() == 2
        settings.VAULT_KEYS = [new]
        assert client.get(reverse("mfa_download_recovery_codes")).content == codes
        again = start_login(ana)
        again.post(reverse("mfa_authenticate"), {"code": code(secret)})
        assert again.session["_auth_user_id"] == str(ana.pk)

    def test_rotation_with_a_wrong_key_changes_nothing(self, with_app, settings):
        before = list(Authenticator.objects.order_by("pk").values())
        settings.VAULT_KEYS = [Fernet.generate_key().decode()]
        with pytest.raises(InvalidToken):
            reencrypt_seeds()
        assert list(Authenticator.objects.order_by("pk").values()) == before
