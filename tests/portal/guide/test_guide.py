"""The guide: every chapter in both languages, and every link of it leads somewhere."""

import re
from html import unescape

import pytest
from django.urls import reverse

from accounts.models import Membership
from accounts.roles import Role
from portal.guide.chapters import CHAPTERS
from tests.test_architecture import ROOT

pytestmark = pytest.mark.django_db
ROUTES = ["guide:index", *(chapter.route for chapter in CHAPTERS)]
FOLDER = ROOT / "templates" / "guide"
TAGS = re.compile(r"<[^>]+>|\{%.*?%\}")


def page(client, route: str, language: str = "fr", **query: str) -> str:
    answer = client.get(reverse(route), query, headers={"accept-language": language})
    assert answer.status_code == 200
    return str(answer.content.decode())


def links(shown: str) -> set[str]:
    """The addresses that the page itself names, without the frame around it."""
    inner = shown[shown.index('id="content"') :]
    return {unescape(link) for link in re.findall(r'href="([^"#][^"]*)"', inner)}


@pytest.fixture
def owner(agency, browser, member):
    """An owner who has chosen no language, so that the browser's is spoken."""
    user = member(agency)
    user.language = ""
    user.save()
    return browser(agency)


def test_every_chapter_has_both_languages_and_nothing_else_lies_there():
    names = {f"{chapter.name}.html" for chapter in CHAPTERS}
    for language in ("fr", "en"):
        assert {path.name for path in (FOLDER / language).iterdir()} == names


@pytest.mark.parametrize("name", [chapter.name for chapter in CHAPTERS])
def test_a_chapter_says_the_same_in_both_languages(name):
    french, english = ((FOLDER / language / f"{name}.html").read_text() for language in ("fr", "en"))
    shape = re.compile(r"<(?:h2|p|li|ol|ul)\b")
    assert shape.findall(french) == shape.findall(english)
    places = re.compile(r'\{% (?:place|chapter|url|trans) "?[^%]*%\}')
    assert sorted(places.findall(french)) == sorted(places.findall(english))
    assert len(TAGS.sub("", french).split()) < 450, "short, or nobody reads it"


@pytest.mark.parametrize("name", [chapter.name for chapter in CHAPTERS])
def test_french_typography(name):
    text = TAGS.sub("", (FOLDER / "fr" / f"{name}.html").read_text())
    assert not re.search(r" [;:!?»]|« |\w[;!?](\s|$)|\w:\s|'", text)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_link_resolves(agency, owner, language):
    found = set().union(*(links(page(owner, route, language)) for route in ROUTES))
    assert len(found) > 25
    assert {f"{reverse(route)}?agency=martin" for route in ROUTES} <= found, "all chapters can be reached"
    wrong = {link: code for link in sorted(found) if (code := owner.get(link).status_code) != 200}
    assert wrong == {}


@pytest.mark.parametrize("role", Role)
def test_nobody_is_sent_to_what_their_role_may_not_open(agency, browser, role):
    client = browser(agency, role)
    found = set().union(*(links(page(client, route, "en")) for route in ROUTES))
    assert {link: code for link in found if (code := client.get(link).status_code) != 200} == {}
    assert (reverse("accounts:partner_keys", args=["martin"]) in found) == (role is Role.OWNER)


def test_links_lead_into_the_agency_around_the_page(agency, other_agency, owner, member):
    Membership.objects.create(agency=other_agency, user=member(agency), role=Role.OWNER)
    assert "/agencies/" not in "".join(links(page(owner, "guide:red"))), "nobody knows into which"
    into = links(page(owner, "guide:red", agency="riviera"))
    assert "/agencies/riviera/jobs/" in into
    assert "/guide/support/?agency=riviera" in into


def test_an_agency_of_others_does_not_exist(other_agency, owner):
    for route in ROUTES:
        assert owner.get(reverse(route), {"agency": other_agency.slug}).status_code == 404


def test_who_is_in_no_agency_yet_reads_it_too(agency, browser, member):
    client = browser(agency)
    Membership.objects.all().delete()
    shown = page(client, "guide:first-key", "en")
    assert "/agencies/martin" not in shown
    assert reverse("guide:first-key") in client.get(reverse("agencies")).content.decode()


def test_strangers_are_sent_to_the_login(client):
    for route in ROUTES:
        answer = client.get(reverse(route))
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("account_login"))


def test_it_is_linked_where_somebody_new_stands(agency, owner):
    chapter = f"{reverse('guide:first-key')}?agency=martin"
    for name in ("dashboard", "connections:index"):
        assert chapter in links(owner.get(reverse(name, args=["martin"])).content.decode())
    assert f'href="{reverse("guide:index")}?agency=martin"' in page(owner, "guide:red")
