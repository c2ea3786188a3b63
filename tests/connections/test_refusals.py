"""The mail about a refused key: to the owners, once, however often the remote is asked."""

from datetime import UTC, datetime, timedelta
from smtplib import SMTPSenderRefused

import pytest

from accounts.models import Membership, User
from accounts.roles import Role
from estates.connections import refusals
from estates.connections.models import Connection, ConnectionKey, Outcome, State
from estates.connections.record import begin_afresh, note
from estates.connections.store import remove
from estates.connections.verdict import Verdict
from estates.jobs.models import Job
from estates.jobs.work import work

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
REFUSED, OK = Verdict(Outcome.UNAUTHORISED, "No such key"), Verdict(Outcome.OK)
MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def people(agency, clock, connection, member):
    for role in (Role.MANAGER, Role.AGENT):
        member(agency, role)
    second = User.objects.create_user("second@martin.example", language="fr")
    closed = User.objects.create_user("closed@martin.example", is_active=False)
    for person in (second, closed):
        Membership.objects.create(agency=agency, user=person, role=Role.OWNER)


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(NOON, tick=False)
    return time_machine


@pytest.fixture
def mails(agency, mailoutbox):
    """Does the mail jobs that wait; gives the addresses of all mails so far."""

    def send() -> list[str]:
        for job in Job.objects.for_agency(agency).filter(
            kind=refusals.MAIL, status__in=("queued", "waiting")
        ):
            Job.objects.across_agencies().filter(pk=job.pk).update(not_before=NOON)
            assert work(job.pk)
        return [mail.to[0] for mail in mailoutbox]

    return send


@pytest.fixture
def poll(connection, clock, mails):
    """Asks the remote every five minutes; `verdicts` are what it answers, in turns."""
    key = ConnectionKey.objects.get(connection=connection)

    def ask(hours: float, *verdicts: Verdict) -> list[str]:
        for turn in range(round(hours * 12)):
            note(connection.pk, key.pk, verdicts[turn % len(verdicts)], datetime.now(UTC))
            mails()
            clock.shift(5 * MINUTE)
        return mails()

    return ask


def test_three_days_of_refusals_every_five_minutes_are_one_mail_to_each_owner(poll, mailoutbox, connection):
    assert sorted(poll(72, REFUSED)) == ["owner@martin.example", "second@martin.example"]
    for message in mailoutbox:
        page = message.alternatives[0][0]
        for text in (message.body, page):
            assert "Lyon" in text
            assert "No such key" in text
            assert "/agencies/martin/settings/connections/" in text
        assert "List-Unsubscribe" not in message.extra_headers
    assert ['lang="fr"' in message.alternatives[0][0] for message in mailoutbox] == [False, True]
    connection.refresh_from_db()
    assert connection.refusals == 72 * 12


@pytest.mark.parametrize("number", [1, 2])
def test_one_or_two_refusals_are_no_news(poll, number, connection):
    assert poll(number / 12, REFUSED) == []
    assert poll(24, OK) == []
    connection.refresh_from_db()
    assert (connection.state, connection.refusals, connection.keys.count()) == (State.WORKING, 0, 1)


def test_a_burst_of_refusals_is_one(connection, clock, mails):
    key = connection.keys.get()
    for _ in range(20):
        note(connection.pk, key.pk, REFUSED, datetime.now(UTC))
        clock.shift(timedelta(milliseconds=90))
    assert mails() == []


def test_who_was_told_is_told_again_after_it_was_well(poll):
    assert len(poll(25, REFUSED)) == 2
    assert len(poll(1, OK)) == 2
    assert len(poll(25, REFUSED)) == 4


def test_an_outage_is_not_well(poll):
    poll(25, REFUSED)
    poll(1, Verdict(Outcome.UNREACHABLE, "down"))
    assert len(poll(25, REFUSED)) == 2


def test_a_key_that_may_do_only_some_things_does_not_mail_by_turns(poll):
    """Refused three times, accepted once, and so on for two days: once a day at most."""
    assert len(poll(48, REFUSED, REFUSED, REFUSED, OK)) == 2 * 2


def test_another_key_that_is_accepted_makes_it_well(poll, connection):
    poll(25, REFUSED)
    begin_afresh(connection, OK)
    assert len(poll(25, REFUSED)) == 4


def test_another_key_that_is_refused_too_is_no_news(poll, connection):
    poll(25, REFUSED)
    begin_afresh(connection, None)
    assert len(poll(25, REFUSED)) == 2


def test_nobody_is_mailed_about_what_was_removed_or_works_again(connection, clock, mails, owner):
    key = connection.keys.get()
    for minute in range(3):
        note(connection.pk, key.pk, REFUSED, NOON + minute * MINUTE)
    assert Job.objects.for_agency(connection.agency).filter(kind=refusals.MAIL).count() == 1
    note(connection.pk, key.pk, OK, NOON + 4 * MINUTE)
    assert mails() == []
    Connection.objects.for_agency(connection.agency).update(state=State.REFUSED, refusal_told_at=None)
    note(connection.pk, key.pk, REFUSED, NOON + 5 * MINUTE)
    remove(connection, owner)
    assert mails() == []


def test_a_mail_server_that_is_away_loses_nothing(poll, mails, settings, agency):
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert poll(0.25, REFUSED) == []
    job = Job.objects.for_agency(agency).get(kind=refusals.MAIL)
    assert (job.status, job.error_kind) == ("waiting", "unreachable")
    settings.EMAIL_BACKEND = backend
    assert len(mails()) == 2


def test_a_server_that_closes_after_the_first_mail_gets_the_second_later(poll, mails, monkeypatch):
    """And whoever had theirs gets no other one."""
    left = []
    send = refusals.mail.EmailMultiAlternatives.send

    def close(message, *args, **kwargs):
        if left:
            raise SMTPSenderRefused(421, b"closing", "us@x.example")
        left.append(message)
        return send(message, *args, **kwargs)

    with monkeypatch.context() as closing:
        closing.setattr("django.core.mail.EmailMessage.send", close)
        assert poll(0.25, REFUSED) == ["owner@martin.example"]
    assert mails() == ["owner@martin.example", "second@martin.example"]


def test_a_worker_killed_at_the_first_mail_doubles_nothing(poll, agency, mails, monkeypatch):
    """Whether that mail left nobody knows: rather none than two. The others get theirs."""

    class Killed(BaseException):
        pass

    def die(*args, **kwargs):
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr("django.core.mail.EmailMessage.send", die)
        with pytest.raises(Killed):
            poll(0.25, REFUSED)
    Job.objects.across_agencies().filter(kind=refusals.MAIL).update(status="queued", claim="")
    assert mails() == ["second@martin.example"]
