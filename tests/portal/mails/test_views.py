"""The operators' preview: who may open it, and what its frame may do."""

import re

import pytest
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from portal.mails.samples import samples

pytestmark = pytest.mark.django_db
NAMES = [sample.name for sample in samples()]
INDEX = reverse("operator_mails:index")


@pytest.fixture
def operator(client):
    user = User.objects.create_user("op@passerelle.example", is_staff=True, language="en")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def frame(name: str, language: str = "fr") -> str:
    return reverse("operator_mails:page", args=[name, language])


def test_every_mail_is_listed_once():
    assert len(NAMES) == len(set(NAMES))


def test_operators_see_every_mail_in_both_languages(operator):
    listed = operator.get(INDEX).content.decode()
    for name in NAMES:
        address = reverse("operator_mails:detail", args=[name])
        assert f'href="{address}"' in listed
        for language in ("fr", "en"):
            page = operator.get(address, {"language": language}).content.decode()
            assert f'<iframe class="mail-preview" sandbox src="{frame(name, language)}"' in page
            assert operator.get(frame(name, language)).status_code == 200


@pytest.mark.parametrize("role", Role)
def test_people_of_agencies_see_none(agency, browser, role):
    for page in (INDEX, reverse("operator_mails:detail", args=["lead"]), frame("lead")):
        answer = browser(agency, role).get(page)
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("admin:login"))


def test_strangers_see_none(client):
    assert client.get(INDEX).status_code == 302


@pytest.mark.parametrize("tail", ["x/", "x/fr.html", "lead/de.html"])
def test_what_is_not_there(operator, tail):
    address = f"{INDEX}{tail}"
    assert operator.get(address).status_code == 404
    assert operator.post(address).status_code == 405


def test_an_unknown_language_is_the_readers(operator):
    page = operator.get(reverse("operator_mails:detail", args=["lead"]), {"language": "<x>"})
    assert frame("lead", "en") in page.content.decode()


def test_the_page_may_frame_ourselves_and_the_frame_nothing(operator):
    page = operator.get(reverse("operator_mails:detail", args=["lead"]))
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    answer = operator.get(frame("lead"))
    policy = dict(part.strip().partition(" ")[::2] for part in answer["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["script-src"] == policy["img-src"] == "'none'"
    assert policy["frame-ancestors"] == "'self'"
    assert re.fullmatch(r"'sha256-\S+'", policy["style-src"])
    assert policy["sandbox"] == ""
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert not re.search(r"\sstyle=", answer.content.decode())
