"""Every mail that the product can send is in the operators' preview, whole in both forms and both languages."""

import ast
import re
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import allauth
import pytest
from django.utils.html import strip_tags

from accounts.account_mails import ACCOUNT_MAILS
from portal.mails.samples import samples
from tests.test_architecture import ROOT, modules

SAMPLES = {sample.name: sample for sample in samples()}
MAKERS = {
    "EmailMessage",
    "EmailMultiAlternatives",
    "send_mail",
    "send_mass_mail",
    "mail_admins",
    "mail_managers",
}
MAKERS |= {"email_user"}
SWITCHED_OFF = {"account/email/login_code", "account/email/password_reset_code"}
"""Mails of ways to log in that the settings do not open: see LOGIN_BY_CODE_ENABLED and RESET_BY_CODE_ENABLED."""
ADDRESS = re.compile(r"""(?:href|src|action|background)\s*=\s*["']?([^"'\s>]*)|url\(([^)]*)\)""")


def calls(tree: ast.Module, names: set[str]) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in names
    ]


def test_mails_are_made_in_one_place_only():
    """Whatever else made one would escape the preview, the languages and the unsubscribing."""
    makers = {module for module, tree in modules() if calls(tree, MAKERS - {"send_mail"})}
    assert makers == {"accounts.mail"}


def test_every_template_of_a_mail_is_in_the_preview():
    found = {
        str(path.relative_to(ROOT / "templates")).removesuffix("_subject.txt")
        for path in (ROOT / "templates").rglob("mail/*_subject.txt")
    }
    assert found == {sample.template for sample in SAMPLES.values()}
    assert len(found) >= 9


def test_nothing_else_is_in_the_folders_of_mails():
    """A text without its HTML, or the other way round, is never sent."""
    for path in (ROOT / "templates").rglob("mail/*.*"):
        if path.parent.parent.name == "templates":
            continue  # the base of all
        stem = re.sub(r"(_subject)?\.(txt|html)$", "", str(path))
        for end in ("_subject.txt", ".txt", ".html"):
            assert Path(stem + end).exists(), stem + end


def test_every_call_that_composes_names_a_mail_of_the_preview():
    known = {sample.template for sample in SAMPLES.values()}
    named = set()
    for module, tree in modules():
        for call in calls(tree, {"compose"}):
            first = call.args[0] if call.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                named.add(first.value)
            elif isinstance(first, ast.JoinedStr):
                assert module == "estates.webhooks.mail", (
                    f"{module}: name the mail, so that this test finds it"
                )
                named |= {"webhooks/mail/warning", "webhooks/mail/disabled"}
    assert named == known


def test_every_mail_of_allauth_is_ours_too():
    """A new version that brings one must not be taken before it has our words, in French too."""
    templates = Path(allauth.__file__).parent / "templates"
    found = {
        str(path.relative_to(templates)).removesuffix("_message.txt")
        for folder in ("account", "mfa", "usersessions")
        for path in (templates / folder).rglob("*_message.txt")
    }
    bases = {"account/email/base"}
    assert found - bases == ACCOUNT_MAILS.keys() | SWITCHED_OFF
    sent = set(re.findall(r'"((?:account|mfa)/email/\w+)"', allauths_code()))
    assert len(sent) > 10
    assert sent <= ACCOUNT_MAILS.keys() | SWITCHED_OFF


def allauths_code() -> str:
    folder = Path(allauth.__file__).parent
    paths = [path for room in ("account", "mfa") for path in (folder / room).rglob("*.py")]
    return "".join(path.read_text(encoding="utf-8") for path in paths if "tests" not in path.parts)


def test_every_mail_of_allauth_is_in_the_preview():
    shown = {sample.label for sample in SAMPLES.values() if sample.template == "accounts/mail/account"}
    assert shown == {says.subject for says in ACCOUNT_MAILS.values()}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_mail_is_whole_in_both_languages(name, settings):
    settings.PUBLIC_URL = "https://portal.example"
    sample, said = SAMPLES[name], {}
    for language in ("fr", "en"):
        message = sample.compose(language)
        ((page, kind),) = message.alternatives
        assert kind == "text/html"
        assert f'<html lang="{language}">' in page
        assert message.subject.isprintable()
        assert message.to[0].endswith(".example")
        assert bool(sample.kind) == ("List-Unsubscribe" in message.extra_headers)
        for text in (message.subject, message.body, page):
            assert "{{" not in text
            assert "%(" not in text
        said[language] = (message.subject, message.body, page)
        complete(message.body, page)
        owned(page)
    for french, english in zip(said["fr"], said["en"], strict=True):
        assert french != english
    assert "Bonjour" in said["fr"][1]


def complete(body: str, page: str) -> None:
    """The plain text says what the HTML says: its links, and the better part of its words."""
    links = {unescape(found[0]) for found in ADDRESS.findall(page)}
    assert {link for link in links if link not in body} == set(), "a link that only the HTML has"
    shown = strip_tags(re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL))
    words = set(re.findall(r"\w{4,}", unescape(shown)))
    missing = {word for word in words if word not in body}
    assert len(missing) <= len(words) / 4, missing


def owned(page: str) -> None:
    """Nothing is fetched when the mail is opened, and links lead to the portal alone."""
    assert not re.search(r"<(img|link|script|iframe|object|embed|video|audio|form|input)\b", page)
    assert "@import" not in page
    for link, style in ADDRESS.findall(page):
        parts = urlsplit(unescape(link or style))
        assert (parts.scheme, parts.netloc) == ("https", "portal.example"), link or style


def test_what_others_wrote_is_escaped():
    page = SAMPLES["ticket"].compose("fr").alternatives[0][0]
    assert "&lt;voir la fiche&gt;" in page
    assert "<voir la fiche>" in SAMPLES["ticket"].compose("fr").body
