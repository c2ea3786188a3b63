"""From a person and an address to what the person may do there; language and hours on the way."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone, translation

from accounts.access import logged_in, member_view, membership_of
from accounts.middleware import PersonMiddleware
from accounts.models import Membership, User
from accounts.roles import Role
from accounts.zones import validate_zone, zone_names

RANKED = [Role.VIEWER, Role.AGENT, Role.MANAGER, Role.OWNER]


@pytest.mark.parametrize("role", RANKED)
@pytest.mark.parametrize("least", RANKED)
def test_roles_form_a_ladder(agency, member, role, least):
    user = member(agency, role)
    enough = RANKED.index(role) >= RANKED.index(least)
    assert role.suffices_for(least) is enough
    assert Membership.objects.get(user=user).may(least) is enough
    if enough:
        assert membership_of(user, agency.slug, least).role == role
    else:
        with pytest.raises(PermissionDenied):
            membership_of(user, agency.slug, least)


@pytest.mark.parametrize("role", RANKED)
def test_every_role_is_explained(role):
    assert str(role.sentence).endswith(".")


def test_outsiders_and_strangers_find_nothing(agency, other_agency, member):
    for user in [member(other_agency), AnonymousUser()]:
        with pytest.raises(Http404):
            membership_of(user, agency.slug)


def test_a_superuser_is_no_member(agency, db):
    operator = User.objects.create_superuser("op@example.org", "password")
    with pytest.raises(Http404):
        membership_of(operator, agency.slug)


def test_logged_in_refuses_strangers(rf, agency, member):
    request = rf.get("/")
    request.user = AnonymousUser()
    with pytest.raises(PermissionDenied):
        logged_in(request)
    request.user = member(agency)
    assert logged_in(request) == member(agency)


def test_a_member_view_gets_the_membership_and_the_agencys_hours(rf, agency, member):
    agency.time_zone = "Indian/Reunion"
    agency.save()

    @member_view(Role.AGENT)
    def page(request, membership, pk):
        noon = timezone.localtime(datetime(2026, 3, 3, 8, tzinfo=UTC))
        return HttpResponse(f"{membership.role} {request.membership.agency.slug} {pk} {noon:%H}")

    request = rf.get("/")
    request.user = member(agency, Role.MANAGER)
    try:
        assert page(request, slug=agency.slug, pk=7).content == b"manager martin 7 12"
    finally:
        timezone.deactivate()
    assert page.least_role == Role.AGENT
    request.user = member(agency, Role.VIEWER)
    with pytest.raises(PermissionDenied):
        page(request, slug=agency.slug, pk=7)


class TestPersonMiddleware:
    def answer(self, user, seen):
        def page(request):
            seen.append((translation.get_language(), timezone.get_current_timezone_name()))
            timezone.activate("Indian/Reunion")
            return HttpResponse()

        request = RequestFactory().get("/")
        request.user = user
        with translation.override("en"):
            PersonMiddleware(page)(request)
        return request

    @pytest.mark.parametrize(
        ("chosen", "spoken"), [("fr", "fr"), ("en", "en"), ("", "en"), ("tlh", "en"), ("../", "en")]
    )
    def test_speaks_the_chosen_language(self, chosen, spoken):
        seen = []
        self.answer(User(email="a@example.org", language=chosen), seen)
        assert seen[0][0] == spoken

    def test_strangers_keep_the_browsers(self):
        seen = []
        self.answer(AnonymousUser(), seen)
        assert seen[0][0] == "en"

    def test_one_requests_hours_are_not_the_nexts(self):
        seen = []
        for _ in range(2):
            self.answer(AnonymousUser(), seen)
        assert seen[1][1] == "UTC"
        assert timezone.get_current_timezone_name() == "UTC"


@pytest.mark.parametrize("name", ["Europe/Paris", "Indian/Reunion", "America/Argentina/Buenos_Aires"])
def test_zones(name):
    validate_zone(name)
    assert name in zone_names()


@pytest.mark.parametrize("name", ["", "Paris", "Etc/UTC", "../etc/passwd", "Europe/paris", "posixrules"])
def test_no_zones(name):
    with pytest.raises(ValidationError):
        validate_zone(name)


def test_people_are_one_per_address_whatever_its_case(db):
    made = User.objects.create_user(" Ana@Example.ORG ", "password")
    assert (made.email, str(made)) == ("ana@example.org", "ana@example.org")
    made.name = "Ana"
    assert str(made) == "Ana"
    assert not made.is_staff


def test_the_shells_switch_shows_all_of_a_persons_agencies(agency, other_agency, member, browser):
    Membership.objects.create(agency=other_agency, user=member(agency), role=Role.VIEWER)
    page = browser(agency).get(reverse("accounts:settings", args=[agency.slug])).content.decode()
    assert reverse("dashboard", args=[other_agency.slug]) in page


class TestSignedOutMeanwhile:
    PAGE = "/agencies/martin/leads/"
    FORM = f"{PAGE}bulk/"

    def login_with(self, page: str) -> str:
        return f"{reverse('account_login')}?next={page}"

    def test_a_page_is_come_back_to(self, agency, client):
        assert client.get(self.PAGE).url == self.login_with(self.PAGE)

    def test_whoever_sent_a_form_comes_back_to_its_page_and_is_told(self, agency, client):
        sent = client.post(self.FORM, headers={"referer": f"http://testserver{self.PAGE}?tab=all"})
        assert sent.url == self.login_with(f"{self.PAGE}%3Ftab%3Dall")
        assert "nothing was saved" in client.get(sent.url).text

    @pytest.mark.parametrize(
        "referer", ["", "https://elsewhere.example/agencies/martin/", "javascript:x", "//x.example/"]
    )
    def test_but_to_none_of_others(self, agency, client, referer):
        sent = client.post(self.FORM, headers={"referer": referer} if referer else {})
        assert sent.url == self.login_with("/")

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_a_part_of_a_page_takes_the_whole_page_along(self, agency, client, method):
        """Otherwise the form to sign in would stand in the middle of the page."""
        asked = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{self.PAGE}"}
        answer = getattr(client, method)(self.FORM if method == "post" else self.PAGE, headers=asked)
        assert answer["HX-Redirect"] == self.login_with(self.PAGE)
        assert answer.status_code == 200
        assert not answer.content
