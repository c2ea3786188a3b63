"""Signing up, logging in, resetting and changing, and what none of these gives away."""

import re

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.accounts.conftest import PASSWORD, confirm_access, link_in

SIGNUP = {"name": "Bob", "email": "bob@example.org", "password1": PASSWORD, "password2": PASSWORD}
TOKEN = re.compile(
    r'csrfmiddlewaretoken" value="[^"]+"|"x-csrftoken": "[^"]+"|bob@example.org|ana@example.org'
)


def said(answer):
    """A page without what differs from request to request: its tokens and the address that was typed."""
    return TOKEN.sub("…", answer.content.decode())


class TestSignUp:
    def test_verifies_the_address_before_the_first_login(self, client, db):
        answer = client.post("/account/signup/", SIGNUP)
        assert answer.url == reverse("account_email_verification_sent")
        bob = User.objects.get()
        assert (bob.name, bob.email) == ("Bob", "bob@example.org")
        assert "_auth_user_id" not in client.session
        link = link_in(mail.outbox[0])
        client.post("/account/login/", {"login": bob.email, "password": PASSWORD})
        assert "_auth_user_id" not in client.session
        assert client.get(link).status_code == 200
        client.post(link)
        assert EmailAddress.objects.get().verified
        elsewhere = Client()
        elsewhere.post("/account/login/", {"login": bob.email, "password": PASSWORD})
        assert elsewhere.session["_auth_user_id"] == str(bob.pk)

    def test_says_how_to_go_on_and_mails_again_at_the_next_login(self, client, db):
        with time_machine.travel("2026-05-04 08:00:00Z", tick=False) as clock:
            page = client.post("/account/signup/", SIGNUP, follow=True).content.decode()
            assert "spam folder" in page
            assert "wait three minutes" in page
            assert 'href="/account/login/"' in page
            typed = {"login": "bob@example.org", "password": PASSWORD}
            clock.shift(170)
            assert Client().post("/account/login/", typed).url == reverse("account_email_verification_sent")
            assert len(mail.outbox) == 1
            clock.shift(11)
            assert Client().post("/account/login/", typed).url == reverse("account_email_verification_sent")
            assert len(mail.outbox) == 2

    def test_of_a_known_address_looks_the_same(self, person):
        ana = person()
        fresh = Client().post("/account/signup/", SIGNUP, follow=True)
        known = Client().post("/account/signup/", {**SIGNUP, "email": ana.email}, follow=True)
        assert fresh.redirect_chain == known.redirect_chain
        assert said(fresh) == said(known)
        assert User.objects.count() == 2
        assert "already exists" in mail.outbox[-1].body
        ana.refresh_from_db()
        assert ana.name == "Ana"

    @pytest.mark.parametrize(
        "wrong",
        [
            {"email": "nobody"},
            {"password2": "different password"},
            {"password1": "12345678", "password2": "12345678"},
            {"name": " \u202e"},
            {"name": "visit https://evil.example"},
        ],
    )
    def test_says_what_is_wrong(self, client, db, wrong):
        page = client.post("/account/signup/", {**SIGNUP, **wrong}).content.decode()
        assert "invalid-feedback" in page
        assert not User.objects.exists()

    def test_tidies_the_name(self, client, db):
        client.post("/account/signup/", {**SIGNUP, "name": " Bob\r\nBcc:\tx \u202e"})
        assert User.objects.get().name == "Bob Bcc: x"


class TestLogin:
    def test_wrong_password_and_unknown_address_look_the_same(self, person):
        person()
        known = Client().post("/account/login/", {"login": "ana@example.org", "password": "wrong"})
        unknown = Client().post("/account/login/", {"login": "bob@example.org", "password": "wrong"})
        assert known.status_code == unknown.status_code == 200
        assert said(known) == said(unknown)
        assert "are not correct" in said(known)

    def test_by_an_address_in_any_case(self, person, client):
        ana = person()
        client.post("/account/login/", {"login": "ANA@Example.org", "password": PASSWORD})
        assert client.session["_auth_user_id"] == str(ana.pk)

    def test_of_a_closed_account(self, person, client):
        ana = person()
        ana.is_active = False
        ana.save()
        client.post("/account/login/", {"login": ana.email, "password": PASSWORD})
        assert "_auth_user_id" not in client.session

    @pytest.mark.parametrize(
        "target",
        [
            "https://evil.example/",
            "//evil.example/",
            "/\\evil.example",
            "///evil.example",
            "javascript:alert(1)",
            "http:evil.example",
            "https://127.0.0.1.evil.example/",
            "https://evil.example\\@127.0.0.1/",
        ],
    )
    def test_leads_nowhere_else(self, person, client, target):
        typed = {"login": person().email, "password": PASSWORD, "next": target}
        assert client.post(f"/account/login/?next={target}", typed).url == reverse("home")
        assert client.post("/account/logout/", {"next": target}).url == "/"

    def test_leads_back_to_the_page_that_asked(self, person, client):
        wanted = reverse("profile")
        typed = {"login": person().email, "password": PASSWORD, "next": wanted}
        assert client.post("/account/login/", typed).url == wanted

    def test_asks_a_logged_in_person_nothing(self, person, logged_in):
        assert logged_in(person()).get("/account/login/").url == reverse("home")


class TestRateLimits:
    def fail(self, number=0, **headers):
        typed = {"login": f"p{number}@example.org", "password": "wrong"}
        return Client().post("/account/login/", typed, headers=headers).content.decode()

    def test_one_address_is_guessed_at_five_times(self, person):
        person()
        for _ in range(5):
            typed = {"login": "ana@example.org", "password": "wrong"}
            assert "are not correct" in Client().post("/account/login/", typed).content.decode()
        typed["password"] = PASSWORD
        assert "Too many failed login attempts" in Client().post("/account/login/", typed).content.decode()

    def test_a_forged_client_address_does_not_help(self, db, settings):
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
        for number in range(10):
            assert "are not correct" in self.fail(number, x_forwarded_for=f"10.0.0.{number}")
        assert "Too many failed" in self.fail(11, x_forwarded_for="10.0.0.99")

    def test_behind_a_proxy_each_client_counts_alone(self, db, settings):
        """Only the last hop, which the proxy wrote itself, is believed."""
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
        for number in range(10):
            assert "are not correct" in self.fail(number, x_forwarded_for=f"1.1.1.{number}, 10.0.0.1")
        assert "Too many failed" in self.fail(11, x_forwarded_for="1.1.1.99, 10.0.0.1")
        assert "are not correct" in self.fail(12, x_forwarded_for="10.0.0.2")

    def test_the_page_of_the_limit_is_ours(self, client, db):
        for _ in range(20):
            client.post("/account/signup/", {})
        answer = client.post("/account/signup/", {})
        assert answer.status_code == 429
        assert "Too many attempts" in answer.content.decode()


class TestReset:
    def ask(self, email, **extra):
        return Client().post("/account/password/reset/", {"email": email}, follow=True, **extra)

    def test_of_an_unknown_address_looks_the_same(self, person):
        person()
        known, unknown = self.ask("ana@example.org"), self.ask("bob@example.org")
        assert known.redirect_chain == unknown.redirect_chain
        assert said(known) == said(unknown)
        assert [message.to for message in mail.outbox] == [["ana@example.org"], ["bob@example.org"]]

    def test_leads_back_to_the_login_and_to_another_try(self, person):
        page = self.ask(person().email).content.decode()
        assert "spam folder" in page
        assert 'href="/account/login/"' in page
        assert 'href="/account/password/reset/"' in page

    def test_sets_a_new_password_once(self, person, client):
        ana = person()
        self.ask(ana.email)
        link = link_in(mail.outbox[0])
        form = client.get(link).url
        new = "a brand new password"
        assert client.post(form, {"password1": new, "password2": new}).status_code == 302
        ana.refresh_from_db()
        assert ana.check_password(new)
        assert "This link does not work any more" in Client().get(link).content.decode()

    def test_never_takes_the_host_from_the_request(self, person):
        self.ask(person().email, headers={"host": "localhost"})
        self.ask("unknown@example.org", headers={"host": "localhost"})
        for message in mail.outbox:
            assert "http://127.0.0.1:8000/account/" in message.body
            assert "localhost" not in message.body

    def test_ends_the_other_sessions(self, person, logged_in, client):
        ana = person()
        thief = logged_in(ana)
        self.ask(ana.email)
        new = "a brand new password"
        client.post(client.get(link_in(mail.outbox[0])).url, {"password1": new, "password2": new})
        assert thief.get(reverse("profile")).status_code == 302


class TestOwnAccount:
    def test_change_of_password(self, person, logged_in):
        ana = person()
        new = "a brand new password"
        typed = {"oldpassword": PASSWORD, "password1": new, "password2": new}
        client, elsewhere = logged_in(ana), logged_in(ana)
        client.post(reverse("account_change_password"), typed)
        ana.refresh_from_db()
        assert ana.check_password(new)
        assert client.get(reverse("profile")).status_code == 200
        assert elsewhere.get(reverse("profile")).status_code == 302
        assert "password has been changed" in mail.outbox[-1].body

    def test_change_of_address_waits_for_the_link(self, person, logged_in):
        ana = person()
        client = confirm_access(logged_in(ana))
        page = reverse("account_email")
        client.post(page, {"action_add": "1", "email": "new@example.org"})
        ana.refresh_from_db()
        assert ana.email == "ana@example.org"
        waiting = client.get(page).content.decode()
        assert "new@example.org" in waiting
        assert "Keep the old address" in waiting
        link = link_in(next(message for message in mail.outbox if message.to == ["new@example.org"]))
        client.post(link)
        ana.refresh_from_db()
        assert ana.email == "new@example.org"
        assert [row.email for row in EmailAddress.objects.filter(user=ana)] == ["new@example.org"]

    def test_change_of_address_asks_for_the_password_again(self, person, logged_in):
        client = logged_in(person())
        answer = client.post(reverse("account_email"), {"action_add": "1", "email": "new@example.org"})
        assert answer.url.startswith(reverse("account_reauthenticate"))
        assert not EmailAddress.objects.filter(email="new@example.org").exists()

    def test_change_to_a_known_address_looks_the_same(self, person, logged_in):
        ana = person()
        person("taken@example.org")
        client = confirm_access(logged_in(ana))
        client.post(reverse("account_email"), {"action_add": "1", "email": "taken@example.org"})
        assert "taken@example.org" in client.get(reverse("account_email")).content.decode()
        ana.refresh_from_db()
        assert ana.email == "ana@example.org"

    def test_profile(self, person, logged_in):
        ana = person()
        client = logged_in(ana)
        client.post(reverse("profile"), {"name": "Ana\nNowak", "language": "fr"})
        ana.refresh_from_db()
        assert (ana.name, ana.language) == ("Ana Nowak", "fr")
        assert 'lang="fr"' in client.get(reverse("profile")).content.decode()

    @pytest.mark.parametrize("wrong", [{"name": ""}, {"name": "x" * 121}, {"language": "tlh"}])
    def test_a_wrong_profile_changes_nothing(self, person, logged_in, wrong):
        ana = person()
        typed = {"name": "New", "language": "en", **wrong}
        assert "invalid-feedback" in logged_in(ana).post(reverse("profile"), typed).content.decode()
        ana.refresh_from_db()
        assert ana.name == "Ana"

    def test_sessions_are_listed_and_ended(self, person, logged_in):
        ana = person()
        here, there = logged_in(ana), logged_in(ana)
        page = here.get(reverse("usersessions_list")).content.decode()
        assert page.count("127.0.0.1") == 2
        assert page.count("This browser") == 1
        assert "2 browsers logged in" in here.get(reverse("profile")).content.decode()
        here.post(reverse("usersessions_list"))
        assert there.get(reverse("profile")).status_code == 302
        assert here.get(reverse("profile")).status_code == 200
        assert "1 browser logged in" in here.get(reverse("profile")).content.decode()


def test_a_mail_server_that_is_away_is_said_and_not_an_error_page(person, monkeypatch):
    person()

    def refuse(*args):
        raise ConnectionRefusedError

    monkeypatch.setattr(mail.EmailMessage, "send", refuse)
    answer = Client().post("/account/password/reset/", {"email": "ana@example.org"}, follow=True)
    assert answer.status_code == 200
    assert "could not be sent" in answer.content.decode()
