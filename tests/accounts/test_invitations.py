from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import invitations, people
from accounts.models import AuditEntry, Invitation, Membership, User
from accounts.roles import Role
from tests.accounts.conftest import PASSWORD, link_in

NEW = {"name": "Ana Nowak", "password1": PASSWORD, "password2": PASSWORD}


@pytest.fixture
def offer(agency, member):
    """An open invitation of an agent, and the path of its link."""

    def make(email="ana@example.org", role=Role.AGENT):
        invitation, token = invitations.invite(agency, member(agency), email, role)
        return invitation, reverse("invitation", args=[token])

    return make


def actions(agency):
    return list(AuditEntry.objects.for_agency(agency).order_by("number").values_list("action", flat=True))


def code_of(refusal):
    return refusal.value.error_list[0].code


class TestInvite:
    def test_keeps_no_token(self, agency, member):
        invitation, token = invitations.invite(agency, member(agency), " Ana@Example.org ", Role.AGENT)
        assert invitation.email == "ana@example.org"
        assert len(token) >= 43
        stored = Invitation.objects.for_agency(agency).values().get()
        assert token not in str(stored)
        assert invitations.find(token) == invitation
        assert timedelta(days=6, hours=23) < invitation.expires_at - timezone.now() <= timedelta(days=7)
        assert actions(agency) == ["invitation.sent"]

    def test_refuses_members_whatever_the_case(self, agency, member):
        member(agency, Role.VIEWER)
        with pytest.raises(ValidationError) as refusal:
            invitations.invite(agency, member(agency), "VIEWER@martin.example", Role.OWNER)
        assert code_of(refusal) == "member"
        assert actions(agency) == []

    def test_again_replaces_the_open_one(self, agency, member):
        boss = member(agency)
        _first, old = invitations.invite(agency, boss, "ana@example.org", Role.AGENT)
        second, new = invitations.invite(agency, boss, "ANA@example.org", Role.MANAGER)
        assert invitations.find(old) is None
        assert invitations.find(new) == second
        assert Invitation.objects.for_agency(agency).count() == 1
        assert second.role == Role.MANAGER

    def test_after_expiry_is_possible(self, agency, member, offer):
        first, _link = offer()
        Invitation.objects.for_agency(agency).update(expires_at=timezone.now())
        assert offer()[0].pk == first.pk

    def test_in_two_agencies_at_once(self, agency, other_agency, member):
        for one in [agency, other_agency]:
            invitations.invite(one, member(one), "ana@example.org", Role.AGENT)
        assert Invitation.objects.across_agencies().count() == 2

    def test_has_a_daily_brake(self, agency, member, monkeypatch):
        monkeypatch.setattr(invitations, "MOST_A_DAY", 2)
        for number in range(2):
            invitations.invite(agency, member(agency), f"p{number}@example.org", Role.AGENT)
        with pytest.raises(ValidationError) as refusal:
            invitations.invite(agency, member(agency), "p3@example.org", Role.AGENT)
        assert code_of(refusal) == "too_many"


class TestResendAndRevoke:
    def test_resend_makes_a_new_link_and_time(self, agency, member, offer):
        invitation, old = offer()
        Invitation.objects.for_agency(agency).update(expires_at=timezone.now() - timedelta(days=1))
        again, token = invitations.resend(invitation, member(agency))
        assert again.state == "open"
        assert invitations.find(old.split("/")[-2]) is None
        assert invitations.find(token) == invitation
        assert actions(agency)[-1] == "invitation.resent"

    def test_resend_waits_a_minute(self, agency, member, offer):
        invitation, _link = offer()
        Invitation.objects.for_agency(agency).update(sent_at=timezone.now())
        with pytest.raises(ValidationError) as refusal:
            invitations.resend(invitation, member(agency))
        assert code_of(refusal) == "soon"
        Invitation.objects.for_agency(agency).update(sent_at=timezone.now() - timedelta(minutes=2))
        assert invitations.resend(invitation, member(agency))

    @pytest.mark.parametrize("field", ["accepted_at", "revoked_at"])
    def test_a_closed_one_stays_closed(self, agency, member, offer, field):
        invitation, _link = offer()
        Invitation.objects.for_agency(agency).update(**{field: timezone.now()})
        for deed in [invitations.resend, invitations.revoke]:
            with pytest.raises(ValidationError) as refusal:
                deed(invitation, member(agency))
            assert code_of(refusal) == "closed"

    def test_revoke(self, agency, member, offer):
        invitation, link = offer()
        invitations.revoke(invitation, member(agency))
        assert invitations.find(link.split("/")[-2]).state == "revoked"
        assert actions(agency)[-1] == "invitation.revoked"


class TestAccept:
    def test_makes_a_member_once(self, agency, offer, person):
        invitation, _link = offer()
        ana = person()
        assert invitations.accept(invitation, ana).role == Role.AGENT
        assert actions(agency)[-1] == "invitation.accepted"
        with pytest.raises(ValidationError) as refusal:
            invitations.accept(invitation, ana)
        assert code_of(refusal) == "closed"
        assert Membership.objects.filter(user=ana).count() == 1

    def test_not_for_another_address(self, agency, offer, person):
        invitation, _link = offer()
        with pytest.raises(ValidationError) as refusal:
            invitations.accept(invitation, person("eve@example.org"))
        assert code_of(refusal) == "address"
        assert not Membership.objects.filter(user__email="eve@example.org").exists()

    def test_a_replaced_link_is_dead_even_if_loaded_before(self, agency, member, offer, person):
        stale, _link = offer()
        stale = Invitation.objects.for_agency(agency).get(pk=stale.pk)
        offer(role=Role.VIEWER)
        with pytest.raises(ValidationError) as refusal:
            invitations.accept(stale, person())
        assert code_of(refusal) == "closed"

    def test_a_member_by_now_keeps_the_role(self, agency, offer, person):
        invitation, _link = offer(role=Role.OWNER)
        ana = person()
        Membership.objects.create(agency=agency, user=ana, role=Role.VIEWER)
        assert invitations.accept(invitation, ana).role == Role.VIEWER

    def test_as_new_under_an_address_that_logs_in_by_now(self, offer, person):
        invitation, _link = offer()
        ana = person()
        with pytest.raises(ValidationError) as refusal:
            invitations.accept_as_new(invitation, "Eve", "another password", "en")
        assert code_of(refusal) == "known"
        ana.refresh_from_db()
        assert ana.check_password(PASSWORD)

    def test_as_new_twice_at_once(self, offer, monkeypatch):
        """Both requests found nobody under the address; the database lets only one of them in."""
        invitation, _link = offer()
        invitations.accept_as_new(invitation, "Ana", PASSWORD, "en")
        monkeypatch.setattr(people.User.objects, "select_for_update", people.User.objects.none)
        with pytest.raises(ValidationError) as refusal:
            invitations.accept_as_new(invitation, "Ana", PASSWORD, "en")
        assert code_of(refusal) == "known"

    def test_as_new_with_a_dead_offer_leaves_no_account(self, agency, offer):
        invitation, _link = offer()
        Invitation.objects.for_agency(agency).update(revoked_at=timezone.now())
        with pytest.raises(ValidationError) as refusal:
            invitations.accept_as_new(invitation, "Ana", PASSWORD, "en")
        assert code_of(refusal) == "closed"
        assert not User.objects.filter(email="ana@example.org").exists()

    def test_by_a_second_verified_address(self, agency, offer, person):
        invitation, _link = offer("other@example.org")
        ana = person()
        EmailAddress.objects.create(user=ana, email="other@example.org", verified=True)
        assert invitations.accept(invitation, ana)


class TestMail:
    @pytest.fixture
    def send(self, agency, browser):
        def post(email="ana@example.org"):
            url = reverse("accounts:invite", args=[agency.slug])
            return browser(agency).post(url, {"email": email, "role": "agent"}, follow=True)

        return post

    def test_carries_the_link_in_text_and_html(self, agency, send):
        assert "is on its way" in send().content.decode()
        (message,) = mail.outbox
        assert message.to == ["ana@example.org"]
        link = link_in(message)
        assert Client().get(link).status_code == 200
        html, kind = message.alternatives[0]
        assert kind == "text/html"
        assert f'href="http://127.0.0.1:8000{link}"' in html
        assert Invitation.objects.for_agency(agency).get().sent_at

    def test_speaks_the_readers_language_else_the_agencys(self, agency, send, person, settings):
        """French falls back to the msgids where it is not translated yet, so the tag tells."""
        send()
        assert 'lang="fr"' in mail.outbox[-1].alternatives[0][0]
        person("bob@example.org")
        send("bob@example.org")
        assert 'lang="en"' in mail.outbox[-1].alternatives[0][0]

    @pytest.mark.parametrize(
        "error", [SMTPServerDisconnected("gone"), TimeoutError(), ConnectionRefusedError()]
    )
    def test_an_absent_server_leaves_a_resendable_invitation(self, agency, send, browser, monkeypatch, error):
        def refuse(*args):
            raise error

        monkeypatch.setattr(mail.EmailMessage, "send", refuse)
        page = send().content.decode()
        assert "could not be sent" in page
        assert "Not sent" in page
        monkeypatch.undo()
        invitation = Invitation.objects.for_agency(agency).get()
        assert invitation.sent_at is None
        browser(agency).post(reverse("accounts:resend_invitation", args=[agency.slug, invitation.pk]))
        assert Client().get(link_in(mail.outbox[0])).status_code == 200

    def test_hostile_names_stay_on_one_line_and_are_text(self, agency, member, send):
        agency.name = "Évil\r\nBcc: victim@example.org <b>"
        agency.save()
        boss = member(agency)
        boss.name = "<img src=x onerror=alert(1)>"
        boss.save()
        send()
        (message,) = mail.outbox
        assert "\n" not in message.subject
        assert message.recipients() == ["ana@example.org"]
        html = message.alternatives[0][0]
        assert "<img" not in html
        assert "<b>" not in html

    def test_the_form_says_what_is_wrong_and_keeps_what_was_typed(self, agency, send):
        answer = send("viewer@")
        assert answer.status_code == 400
        assert 'value="viewer@"' in answer.content.decode()
        assert mail.outbox == []

    def test_inviting_a_member_is_refused_in_the_form(self, agency, member, send):
        member(agency, Role.VIEWER)
        assert "already a member" in send("viewer@martin.example").content.decode()
        assert mail.outbox == []

    def test_never_takes_the_host_from_the_request(self, agency, browser):
        url = reverse("accounts:invite", args=[agency.slug])
        browser(agency).post(url, {"email": "a@example.org", "role": "agent"}, headers={"host": "localhost"})
        assert "http://127.0.0.1:8000/invitations/" in mail.outbox[0].body
        assert "localhost" not in mail.outbox[0].body


class TestArrival:
    def test_a_new_person_sets_name_and_password_and_is_in(self, agency, offer, client):
        _invitation, link = offer()
        page = client.get(link).content.decode()
        assert "Agence Martin" in page
        assert 'value="ana@example.org"' in page
        answer = client.post(link, NEW)
        assert answer.url == reverse("dashboard", args=[agency.slug])
        ana = User.objects.get(email="ana@example.org")
        assert (ana.name, client.session["_auth_user_id"]) == ("Ana Nowak", str(ana.pk))
        assert EmailAddress.objects.get(user=ana).verified
        assert Membership.objects.get(user=ana, agency=agency).role == Role.AGENT
        assert mail.outbox == []
        client.logout()
        assert client.post("/account/login/", {"login": ana.email, "password": PASSWORD}).status_code == 302

    def test_the_address_is_the_invitations_whatever_is_posted(self, offer, client):
        _invitation, link = offer()
        client.post(link, {**NEW, "email": "eve@example.org", "invited_email": "eve@example.org"})
        assert User.objects.filter(email="ana@example.org").exists()
        assert not User.objects.filter(email="eve@example.org").exists()

    @pytest.mark.parametrize(
        "wrong",
        [
            {"password1": "short", "password2": "short"},
            {"password2": "something else entirely"},
            {"password1": "ana@example.org", "password2": "ana@example.org"},
            {"name": ""},
            {"name": "See www.example.org"},
        ],
    )
    def test_bad_answers_are_said_and_change_nothing(self, offer, client, wrong):
        invitation, link = offer()
        page = client.post(link, {**NEW, **wrong}).content.decode()
        assert "invalid-feedback" in page
        assert not User.objects.filter(email="ana@example.org").exists()
        invitation.refresh_from_db(from_queryset=Invitation.objects.across_agencies())
        assert invitation.state == "open"

    def test_an_existing_person_logs_in_and_comes_back(self, agency, offer, person, client):
        ana = person()
        _invitation, link = offer()
        page = client.get(link).content.decode()
        assert f"/account/login/?next={link.replace('/', '%2F')}" in page
        client.post(link, NEW)
        ana.refresh_from_db()
        assert ana.check_password(PASSWORD)
        assert not Membership.objects.filter(user=ana).exists()
        answer = client.post(
            f"/account/login/?next={link}", {"login": ana.email, "password": PASSWORD, "next": link}
        )
        assert answer.url == link
        assert "Accept the invitation" in client.get(link).content.decode()
        assert not Membership.objects.filter(user=ana).exists()
        assert client.post(link).url == reverse("dashboard", args=[agency.slug])
        assert Membership.objects.get(user=ana).role == Role.AGENT

    def test_somebody_else_is_told_and_can_switch(self, agency, offer, other_agency, browser):
        _invitation, link = offer()
        eve = browser(other_agency)
        page = eve.get(link).content.decode()
        assert "ana@example.org" in page
        assert "owner@riviera.example" in page
        assert "another address" in eve.post(link).content.decode()
        assert Membership.objects.filter(agency=agency).count() == 1
        assert eve.post("/account/logout/", {"next": link}).url == link
        assert "password1" in eve.get(link).content.decode()

    def test_takes_over_a_sign_up_that_never_proved_the_address(self, offer, client):
        """Whoever signed up with somebody else's address must not get in by the invitation that follows."""
        signup = {"name": "Eve", "email": "ana@example.org", "password1": PASSWORD, "password2": PASSWORD}
        assert Client().post("/account/signup/", signup).status_code == 302
        _invitation, link = offer()
        mine = "my own long password"
        client.post(link, {"name": "Ana", "password1": mine, "password2": mine})
        ana = User.objects.get(email="ana@example.org")
        assert ana.name == "Ana"
        assert ana.check_password(mine)
        eve = Client().post("/account/login/", {"login": ana.email, "password": PASSWORD})
        assert eve.status_code == 200

    @pytest.mark.parametrize(
        ("change", "status", "words"),
        [
            ({"accepted_at": True}, 410, "accepted already"),
            ({"revoked_at": True}, 410, "taken back"),
            ({"expires_at": True}, 410, "expired"),
        ],
    )
    def test_a_dead_link_says_so_and_nothing_else(self, agency, offer, client, change, status, words):
        _invitation, link = offer()
        Invitation.objects.for_agency(agency).update(**dict.fromkeys(change, timezone.now()))
        for verb in [client.get, client.post]:
            answer = verb(link, NEW)
            assert answer.status_code == status
            page = answer.content.decode()
            assert words in page
            assert "Agence Martin" not in page
            assert "ana@example.org" not in page
        assert not User.objects.filter(email="ana@example.org").exists()

    @pytest.mark.parametrize("token", ["x", "a" * 43, "%00", "' OR 1=1 --", "é" * 50])
    def test_an_invented_link(self, db, client, token):
        answer = client.get(reverse("invitation", args=[token]))
        assert answer.status_code == 404
        assert "newer invitation has replaced it" in answer.content.decode()

    def test_the_page_is_not_kept_by_caches(self, offer, client):
        assert "no-store" in client.get(offer()[1])["Cache-Control"]

    def test_the_list_shows_what_is_out(self, agency, offer, browser):
        offer("first@example.org")
        offer("late@example.org")
        rows = Invitation.objects.for_agency(agency)
        rows.filter(email="first@example.org").update(sent_at=timezone.now())
        rows.filter(email="late@example.org").update(sent_at=timezone.now(), expires_at=timezone.now())
        page = browser(agency).get(reverse("accounts:members", args=[agency.slug])).content.decode()
        assert "first@example.org" in page
        assert "Not answered yet" in page
        assert "Expired" in page
