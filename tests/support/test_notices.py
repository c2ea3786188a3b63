"""Who watches a ticket is mailed once about what was written there."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from accounts.models import Membership
from estates.jobs.models import Job, Status
from estates.jobs.work import work
from support import writing
from support.mails import notices
from support.models import Following, Notice
from tests.support import making
from tests.support.conftest import Killed, done, fresh, taken_back

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(agency, colleague):
    made = making.ticket(making.connection(agency), subject="Photos", remote_id="1")
    writing.follow(made, colleague("ana"), watches=True)
    return made


@pytest.fixture
def told(ticket):
    """Has support write in the ticket."""

    def do(text="We look into it.", **fields):
        given = {"from_support": True, "author_name": "Claire"} | fields
        message = making.message(ticket, text=text, **given)
        notices.tell(ticket, [message])
        ticket.save()
        return message

    return do


def mailed(agency) -> list[str]:
    for job in Job.objects.for_agency(agency).filter(kind=notices.KIND, status__in=("queued", "waiting")):
        Job.objects.across_agencies().filter(pk=job.pk).update(not_before=timezone.now())
        assert work(job.pk)
    return [message.to[0] for message in mail.outbox]


def states(agency) -> list[str]:
    return list(Notice.objects.for_agency(agency).order_by("pk").values_list("state", flat=True))


def test_a_watcher_is_mailed_what_was_written_with_the_way_to_the_ticket(agency, ticket, told):
    told("Bonjour <b>Ana</b> & co")
    assert mailed(agency) == ["ana@colleagues.example"]
    (message,) = mail.outbox
    assert message.subject == "News in your ticket: Photos"
    assert "Claire wrote" in message.body
    assert "Bonjour <b>Ana</b> & co" in message.body
    assert f"/agencies/martin/support/{ticket.pk}/" in message.body
    assert "stop" in message.body
    ((page, kind),) = message.alternatives
    assert kind == "text/html"
    assert "Bonjour &lt;b&gt;Ana&lt;/b&gt; &amp; co" in page
    assert "<b>" not in page
    assert states(agency) == ["sent"]


def test_a_long_text_is_cut(agency, told):
    told("x" * 9_000)
    mailed(agency)
    assert "x" * 4_000 + " …" in mail.outbox[0].body
    assert "x" * 4_001 not in mail.outbox[0].body


def test_a_subject_cannot_add_headers(agency, ticket, told):
    ticket.subject = "Photos\r\nBcc: all@example.com\u202e" + "x" * 200
    ticket.save()
    told()
    mailed(agency)
    assert "\n" not in mail.outbox[0].subject
    assert len(mail.outbox[0].subject) <= 150


def test_nobody_is_told_the_same_twice(agency, ticket, told):
    message = told()
    for _ in range(3):
        notices.tell(ticket, [message])
        mailed(agency)
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("where", ["before", "after"])
def test_a_worker_that_dies_while_it_sends_mails_at_most_once(agency, told, monkeypatch, where):
    told()
    send = EmailBackend.send_messages

    def dying(self, messages):
        if where == "after":
            send(self, messages)
        raise Killed

    job = Job.objects.for_agency(agency).get(kind=notices.KIND)
    with monkeypatch.context() as patched:
        patched.setattr(EmailBackend, "send_messages", dying)
        with pytest.raises(Killed):
            work(job.pk)
    done(taken_back(job))
    assert len(mail.outbox) == (1 if where == "after" else 0)
    assert states(agency) == ["sending"], "shown as perhaps mailed"


def test_a_mail_server_that_is_away_loses_nothing(agency, told, monkeypatch):
    told()

    def away(self):
        raise ConnectionRefusedError("away")

    with monkeypatch.context() as patched:
        patched.setattr(EmailBackend, "open", away)
        mailed(agency)
    job = Job.objects.for_agency(agency).get(kind=notices.KIND)
    assert (job.status, states(agency)) == (Status.WAITING, ["waiting"])
    mailed(agency)
    assert (len(mail.outbox), states(agency)) == (1, ["sent"])


def test_a_mail_that_the_server_refuses_is_said(agency, told, monkeypatch):
    told()

    def refusing(self, messages):
        raise ConnectionResetError("no")

    monkeypatch.setattr(EmailBackend, "send_messages", refusing)
    mailed(agency)
    assert states(agency) == ["failed"]


def test_what_waits_without_a_job_is_started_again(agency, told):
    told()
    Job.objects.for_agency(agency).filter(kind=notices.KIND).delete()
    assert notices.start_waiting() == 1
    mailed(agency)
    assert (len(mail.outbox), notices.start_waiting()) == (1, 0)


@pytest.mark.parametrize("change", ["read", "unwatched", "left", "inactive", "old"])
def test_what_is_no_longer_wanted_is_not_mailed(agency, ticket, told, colleague, change):
    message = told()
    ana = colleague("ana")
    if change == "read":
        Following.objects.for_agency(agency).update(read_to=message.pk)
    elif change == "unwatched":
        writing.follow(ticket, ana, watches=False)
    elif change == "left":
        Membership.objects.filter(user=ana).delete()
    elif change == "inactive":
        type(ana).objects.filter(pk=ana.pk).update(is_active=False)
    else:
        Notice.objects.for_agency(agency).update(at=timezone.now() - timedelta(days=2))
    assert mailed(agency) == []
    assert states(agency) == ["dropped"]


def test_members_of_another_agency_who_once_watched_are_not_told(agency, other_agency, ticket, told, member):
    writing.follow(ticket, member(other_agency), watches=True)
    told()
    assert mailed(agency) == ["ana@colleagues.example"]


def test_news_name_the_newest_message(ticket, told):
    first, second = told("One"), told("Two")
    assert second.pk > first.pk
    assert fresh(ticket).news == second.pk
