"""Who gets which mails: by role, by choice, and by the address in a mail that needs no login."""

import re

import pytest
from django.core.signing import Signer
from django.test import Client
from django.urls import reverse

from accounts import mail_choices
from accounts.mail import compose, reader_of
from accounts.mail_choices import address_to_stop, choose, is_wanted, readers, signer, wants
from accounts.models import MailChoice, MailKind, Membership
from accounts.roles import Role

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def membership(agency, member):
    return lambda role: Membership.objects.get(agency=agency, user=member(agency, role))


@pytest.fixture
def link(agency, member) -> str:
    return address_to_stop(agency, member(agency, Role.AGENT), MailKind.LEAD)


@pytest.mark.parametrize(
    ("role", "kinds"),
    [
        (Role.VIEWER, {"ticket"}),
        (Role.AGENT, {"ticket", "lead"}),
        (Role.MANAGER, {"ticket", "lead", "digest", "plan"}),
        (Role.OWNER, {"ticket", "lead", "digest", "plan", "webhook"}),
    ],
)
def test_who_has_not_chosen_gets_what_the_role_needs(membership, role, kinds):
    assert {kind for kind in MailKind if is_wanted(membership(role), kind)} == kinds


def test_a_choice_beats_the_default_but_not_the_role(agency, membership):
    choose(membership(Role.AGENT), MailKind.DIGEST, wanted=True)
    choose(membership(Role.OWNER), MailKind.DIGEST, wanted=False)
    choose(membership(Role.VIEWER), MailKind.DIGEST, wanted=True)
    membership(Role.MANAGER)
    told = [user.email for user in readers(agency, MailKind.DIGEST)]
    assert sorted(told) == ["agent@martin.example", "manager@martin.example"]


def test_closed_accounts_and_people_who_left_get_nothing(agency, membership, member):
    closed, left = membership(Role.OWNER), membership(Role.MANAGER)
    type(closed.user).objects.filter(pk=closed.user_id).update(is_active=False)
    left.delete()
    assert readers(agency, MailKind.TICKET) == []
    assert not wants(agency, closed.user, MailKind.TICKET)
    assert not wants(agency, left.user, MailKind.TICKET)


def test_looking_changes_nothing_and_a_click_does(agency, link, membership, client):
    page = client.get(link)
    assert page.status_code == 200
    assert "Agence Martin" in page.content.decode()
    assert client.head(link).status_code == 200
    assert not MailChoice.objects.for_agency(agency).exists()
    assert "You get no more of these mails" in client.post(link).content.decode()
    assert not is_wanted(membership(Role.AGENT), MailKind.LEAD)
    assert is_wanted(membership(Role.AGENT), MailKind.TICKET)
    assert "Get no more of these mails?" in client.post(link, {"again": "yes"}).content.decode()
    assert is_wanted(membership(Role.AGENT), MailKind.LEAD)


def test_mail_programs_need_neither_login_nor_token_and_may_repeat_themselves(agency, link, membership):
    program = Client(enforce_csrf_checks=True)
    for _ in range(2):
        answer = program.post(link, ONE_CLICK)
        assert answer.status_code == 200
        assert not answer.cookies.get("sessionid")
    assert not is_wanted(membership(Role.AGENT), MailKind.LEAD)
    assert MailChoice.objects.for_agency(agency).count() == 1


def test_an_address_that_we_have_not_signed_opens_nothing(agency, link, member, client):
    value = [agency.pk, member(agency, Role.OWNER).pk, "lead"]
    forged = Signer(salt="something else").sign_object(value)
    for token in ("unknown", forged, link.split("/")[2][:-2], signer().sign_object(value)[1:]):
        for answer in (client.get(reverse("stop_mails", args=[token])), client.post(f"/mails/{token}/")):
            assert answer.status_code == 404
    assert not MailChoice.objects.for_agency(agency).exists()


def test_an_address_of_another_agency_says_nothing_of_it(agency, other_agency, member, client):
    """The signature is ours, but the person never was there."""
    link = address_to_stop(other_agency, member(agency), MailKind.LEAD)
    assert client.get(link).status_code == 404
    assert client.post(link).status_code == 404
    assert not MailChoice.objects.across_agencies().exists()


def test_the_own_page_switches_each_kind_in_each_agency(agency, other_agency, member, browser):
    owner = member(agency)
    Membership.objects.create(agency=other_agency, user=owner, role=Role.AGENT)
    client, page = browser(agency), reverse("mails")
    shown = client.get(page).content.decode()
    assert len(re.findall(r'name="martin-kinds"[^>]*checked', shown)) == 5
    assert len(re.findall(r'name="riviera-kinds"', shown)) == 3
    client.post(page, {"martin-kinds": ["lead", "digest", "plan", "webhook"], "riviera-kinds": ["digest"]})
    chosen = set(MailChoice.objects.across_agencies().values_list("agency__slug", "kind", "wanted"))
    assert chosen == {
        ("martin", "ticket", False),
        ("riviera", "digest", True),
        ("riviera", "lead", False),
        ("riviera", "ticket", False),
    }, "only what was changed is written down"
    refused = client.post(page, {"martin-kinds": ["sign-in"]})
    assert refused.status_code == 200
    assert "sign-in" in refused.content.decode()


def test_a_viewer_is_offered_nothing_that_needs_more(agency, browser):
    shown = browser(agency, Role.VIEWER).get(reverse("mails")).content.decode()
    assert re.findall(r'name="martin-kinds" value="(\w+)"', shown) == ["ticket"]


@pytest.mark.parametrize("kind", [None, *MailKind])
def test_only_mails_that_may_be_switched_off_say_how(agency, member, settings, kind):
    settings.PUBLIC_URL = "https://portal.example"
    user = member(agency)
    site = {"site": "www.x.example", "agency": agency, "days": 3, "link": "https://portal.example/x/"}
    message = compose("wordpress/mail/ending", site, reader_of(user, agency, kind))
    page, headers = message.alternatives[0][0], message.extra_headers
    if kind is None:
        assert "List-Unsubscribe" not in headers
        assert "always comes" in message.body
        assert "always comes" in page
        return
    stop = f"https://portal.example{address_to_stop(agency, user, kind)}"
    assert headers["List-Unsubscribe"] == f"<{stop}>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert stop in message.body
    assert f'href="{stop}"' in page
    for text in (message.body, page):
        assert "https://portal.example/account/mails/" in text


def test_every_kind_says_whom_it_is_for():
    assert mail_choices.MEANT_FOR.keys() == mail_choices.UNASKED.keys() == set(MailKind)
