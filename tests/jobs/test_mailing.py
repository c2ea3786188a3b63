"""Mails that wait as rows, when their server breaks off in the middle."""

from smtplib import SMTPSenderRefused, SMTPServerDisconnected

import pytest
from django.core.mail import EmailMessage

from estates.jobs import mailing
from estates.remotes.errors import Unreachable


class Server:
    """Takes a number of mails on each connection; then says 421, or is just gone."""

    def __init__(self, takes, then) -> None:
        self.takes, self.then = takes, then
        self.connections, self.left, self.sent = 0, 0, []

    def open(self):
        self.connections, self.left = self.connections + 1, self.takes

    def close(self):
        self.left = 0

    def send_messages(self, messages):
        if not self.left:
            raise self.then
        self.left -= 1
        self.sent += messages
        return len(messages)


def mail(server) -> EmailMessage:
    return EmailMessage("News", "Text", to=["ana@x.example"], connection=server)


def test_a_server_that_says_that_it_closes_has_not_taken_the_mail():
    server = Server(0, SMTPSenderRefused(421, b"too many", "us@x.example"))
    with pytest.raises(Unreachable) as refusal:
        mailing.handed_over(mail(server))
    assert "too many" in refusal.value.words


@pytest.mark.parametrize(
    "error", [SMTPServerDisconnected("gone"), SMTPSenderRefused(550, b"no", "us@x.example")]
)
def test_any_other_failure_is_that_mails_alone(error):
    assert mailing.handed_over(mail(Server(0, error))) is False


def test_a_mail_that_is_taken_is_handed_over():
    server = Server(1, SMTPServerDisconnected("gone"))
    server.open()
    assert mailing.handed_over(mail(server))
    assert [message.subject for message in server.sent] == ["News"]
