"""Mails leave with our name and our address, whatever the request said."""

import logging
from smtplib import SMTPAuthenticationError, SMTPRecipientsRefused

import pytest
from django.core import mail
from django.core.mail import EmailMessage

from accounts.adapter import from_public_url
from accounts.mail import deliver, public_url


@pytest.mark.parametrize(
    ("link", "path"),
    [
        ("http://testserver/account/x/?a=1&b=2", "/account/x/?a=1&b=2"),
        ("https://evil.example:99/account/", "/account/"),
        ("/account/already/relative/", "/account/already/relative/"),
        ("http://user:pass@host/a#b", "/a#b"),
    ],
)
def test_links_point_to_the_public_address(settings, link, path):
    settings.PUBLIC_URL = "https://portal.example"
    assert from_public_url(link) == f"https://portal.example{path}"
    assert public_url(path) == f"https://portal.example{path}"


def test_a_message_that_left_is_said_so():
    assert deliver(EmailMessage("subject", "body", to=["a@example.org"])) is True
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    "error",
    [
        SMTPAuthenticationError(535, b"no"),
        SMTPRecipientsRefused({"a@example.org": (550, b"unknown")}),
        TimeoutError("timed out"),
        OSError("network unreachable"),
    ],
)
def test_a_message_that_did_not_leave_is_logged(monkeypatch, caplog, error):
    def refuse(*args):
        raise error

    monkeypatch.setattr(EmailMessage, "send", refuse)
    with caplog.at_level(logging.ERROR):
        assert deliver(EmailMessage("Invitation", "the secret link", to=["a@example.org"])) is False
    assert f"a mail was not sent: {type(error).__name__}" in caplog.text
    for told_nobody in ("Invitation", "secret link", "a@example.org"):
        assert told_nobody not in caplog.text


def test_a_mistake_of_ours_is_no_absent_server(monkeypatch):
    def fail(*args):
        raise ValueError("a bug")

    monkeypatch.setattr(EmailMessage, "send", fail)
    with pytest.raises(ValueError):
        deliver(EmailMessage("subject", "body", to=["a@example.org"]))


def test_mails_name_the_portal_and_not_the_host(client, db, settings):
    settings.PUBLIC_URL = "https://portal.example"
    client.post("/account/password/reset/", {"email": "nobody@example.org"})
    (message,) = mail.outbox
    assert message.subject.startswith("Passerelle · ")
    assert "Passerelle" in message.body
    assert "https://portal.example/account/signup/" in message.body
    assert "testserver" not in message.subject + message.body
