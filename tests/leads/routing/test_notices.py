from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from accounts.models import Membership
from estates.jobs.models import Job, Status
from estates.jobs.work import work
from estates.leads.models import Lead, Notice
from estates.leads.routing import notices
from estates.leads.routing.route import notice

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """The process is gone: nothing below catches it."""


@pytest.fixture
def told(come, rule, colleague):
    """Has a lead come that is Ana's, and gives it."""

    def do(remote_id="1", **fields) -> Lead:
        rule(colleague("ana"))
        return come(remote_id, **fields)[0]

    return do


def states(agency) -> list[str]:
    return list(Notice.objects.for_agency(agency).order_by("pk").values_list("state", flat=True))


def test_the_one_in_charge_is_mailed_and_answers_go_to_the_lead(agency, told, mailed):
    lead = told(email="jean@exemple.fr", phones=(("", "0612345678"),), message="Bonjour <b>!</b>")
    assert mailed(mail.outbox) == [("ana@colleagues.example", "New lead: Jean Dupont")]
    (message,) = mail.outbox
    assert message.reply_to == ["jean@exemple.fr"]
    assert f"/agencies/martin/leads/{lead.pk}/" in message.body
    assert "Bonjour <b>!</b>" in message.body
    ((page, kind),) = message.alternatives
    assert kind == "text/html"
    assert f"/agencies/martin/leads/{lead.pk}/" in page
    assert "Bonjour &lt;b&gt;!&lt;/b&gt;" in page
    assert "<b>" not in page
    assert states(agency) == ["sent"]


def test_mails_speak_the_persons_language(told, colleague, mailed):
    ana = colleague("ana")
    ana.language = "fr"
    ana.save()
    told(email="jean@exemple.fr")
    assert mailed(mail.outbox)


@pytest.mark.parametrize("kind", list(Notice.Kind))
def test_nobody_is_told_the_same_twice(agency, told, colleague, mailed, kind):
    lead = told()
    for _ in range(3):
        notices.notify(agency, [notice(lead, colleague("ana"), kind)])
        mailed(mail.outbox)
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("where", ["before", "after"])
def test_a_worker_that_dies_while_it_sends_mails_at_most_once(agency, told, mailed, monkeypatch, where):
    told()
    send = EmailBackend.send_messages

    def dying(self, messages):
        if where == "after":
            send(self, messages)
        raise Killed

    monkeypatch.setattr(EmailBackend, "send_messages", dying)
    job = Job.objects.for_agency(agency).get(kind=notices.KIND)
    with pytest.raises(Killed):
        work(job.pk)
    monkeypatch.setattr(EmailBackend, "send_messages", send)
    Job.objects.across_agencies().filter(pk=job.pk).update(
        status=Status.QUEUED, claim="", not_before=timezone.now()
    )
    mailed(mail.outbox)
    assert len(mail.outbox) == (1 if where == "after" else 0)
    assert states(agency) == ["sending"], "shown as perhaps mailed"


def test_a_mail_server_that_is_away_loses_nothing(agency, told, mailed, monkeypatch):
    told()

    def away(self):
        raise ConnectionRefusedError("away")

    with monkeypatch.context() as patched:
        patched.setattr(EmailBackend, "open", away)
        mailed(mail.outbox)
    job = Job.objects.for_agency(agency).get(kind=notices.KIND)
    assert (job.status, states(agency)) == (Status.WAITING, ["waiting"])
    mailed(mail.outbox)
    assert (len(mail.outbox), states(agency)) == (1, ["sent"])


def test_a_mail_that_the_server_refuses_is_said(agency, told, mailed, monkeypatch):
    told()

    def refusing(self, messages):
        raise ConnectionResetError("no")

    monkeypatch.setattr(EmailBackend, "send_messages", refusing)
    mailed(mail.outbox)
    assert states(agency) == ["failed"]


def test_what_waits_without_a_job_is_started_again(agency, told, mailed):
    told()
    Job.objects.for_agency(agency).filter(kind=notices.KIND).delete()
    assert notices.start_waiting() == 1
    mailed(mail.outbox)
    assert (len(mail.outbox), notices.start_waiting()) == (1, 0)


@pytest.mark.parametrize("change", ["given", "erased", "left", "old"])
def test_what_is_no_longer_true_is_not_mailed(agency, told, colleague, mailed, change):
    lead = told()
    if change == "given":
        Lead.objects.for_agency(agency).update(assignee=colleague("bob"))
    elif change == "erased":
        Lead.objects.for_agency(agency).filter(pk=lead.pk).update(erased_at=timezone.now())
    elif change == "left":
        Membership.objects.filter(user=colleague("ana")).delete()
    else:
        Notice.objects.for_agency(agency).update(at=timezone.now() - timedelta(days=2))
    assert mailed(mail.outbox) == []
    assert states(agency) == ["dropped"]


@pytest.mark.parametrize(
    "email",
    [
        "call me",
        "a@b",
        "a b@c.fr",
        "jean@exemple.fr\nBcc: x@y.fr",
        "<script>@x.fr",
        "x@y.fr, z@y.fr",
        "é@é.fr",
    ],
)
def test_addresses_that_are_none_are_nobodys_reply_address(told, mailed, email):
    told(email=email)
    mailed(mail.outbox)
    (message,) = mail.outbox
    assert message.reply_to == []
    assert "Bcc" not in message.message()


@pytest.mark.parametrize("name", ["Jean\r\nBcc: x@y.fr", "Jean\u2028Dupont\x85", "\u202eevil", "x" * 5000])
def test_a_subject_is_one_short_line(told, mailed, name):
    told(first_name=name, last_name="")
    mailed(mail.outbox)
    (message,) = mail.outbox
    assert len(message.subject) <= 150
    assert message.subject.isprintable()
    assert "Bcc" not in message.message()


def test_a_message_of_a_megabyte_is_cut(told, mailed):
    told(message="é" * 1_000_000)
    mailed(mail.outbox)
    assert len(mail.outbox[0].body) < 6000


def test_mails_behind_one_that_broke_the_connection_go_over_a_new_one(agency, told, monkeypatch):
    for number in range(3):
        told(str(number))
    Job.objects.for_agency(agency).filter(kind=notices.KIND).delete()
    Notice.objects.for_agency(agency).update(state="waiting")
    mail.outbox.clear()
    opened, sent = [], []

    def send_messages(server, messages):
        if not sent and len(opened) == 1:
            raise SMTPServerDisconnected("gone")
        sent.extend(messages)
        return len(messages)

    monkeypatch.setattr(EmailBackend, "open", lambda server: opened.append(server))
    monkeypatch.setattr(EmailBackend, "send_messages", send_messages)
    notices.start_waiting()
    assert work(Job.objects.for_agency(agency).get(kind=notices.KIND).pk)
    assert (states(agency), len(sent), len(opened)) == (["failed", "sent", "sent"], 2, 2)
