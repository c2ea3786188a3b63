"""An address that takes nothing for days: warnings, then silence, and all the same nothing is lost."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from accounts.models import AuditEntry
from accounts.roles import Role
from estates.jobs.models import Job
from estates.jobs.work import work
from estates.webhooks import giving_up, subscribing
from estates.webhooks.kinds import EventType
from estates.webhooks.models import Subscription
from estates.webhooks.tell import tell
from tests.webhooks.conftest import URL
from tests.websites import with_body

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as moved:
        yield moved


@pytest.fixture
def mails(agency, mailoutbox):
    """Does the mail jobs that wait; gives the subjects of all mails so far."""

    def send() -> list[str]:
        for job in Job.objects.for_agency(agency).filter(kind=giving_up.MAIL, status="queued"):
            work(job.pk)
        return [mail.subject for mail in mailoutbox]

    return send


@pytest.fixture
def failing(agency, member, receiver, subscribed):
    member(agency, Role.OWNER)
    member(agency, Role.MANAGER)
    receiver.answers("/passerelle", with_body(b"", status=500))
    return subscribed(agency)


def test_the_owners_are_warned_twice_and_told_when_it_is_switched_off(
    agency, failing, deliver, clock, mails, mailoutbox
):
    for _ in range(7 * 8):
        tell(agency, EventType.LEAD_CREATED, [1])
        deliver()
        mails()
        clock.shift(3 * 3600)
    assert mails() == [
        "A webhook of Agence Martin takes nothing",
        "A webhook of Agence Martin takes nothing",
        "A webhook of Agence Martin was switched off",
    ]
    assert {tuple(mail.to) for mail in mailoutbox} == {("owner@martin.example",)}
    subscription = Subscription.objects.for_agency(agency).get()
    for form in [form for mail in mailoutbox for form in (mail.body, mail.alternatives[0][0])]:
        assert str(subscription) in form
        assert URL not in form
    assert subscription.disabled_at == NOON + timedelta(days=5)
    assert AuditEntry.objects.for_agency(agency).filter(action="webhook.disabled").count() == 1


def test_one_message_that_is_taken_starts_the_days_anew(agency, failing, receiver, deliver, clock, mails):
    tell(agency, EventType.LEAD_CREATED, [1])
    deliver()
    clock.shift(timedelta(days=4, hours=23))
    receiver.answers("/passerelle", with_body(b""))
    deliver()
    receiver.answers("/passerelle", with_body(b"", status=500))
    clock.shift(timedelta(hours=2))
    tell(agency, EventType.LEAD_CREATED, [2])
    deliver()
    assert Subscription.objects.for_agency(agency).get().disabled_at is None
    assert mails() == []


def test_who_says_never_again_is_believed_at_once(agency, failing, receiver, deliver, mails):
    receiver.answers("/passerelle", with_body(b"", status=410))
    tell(agency, EventType.LEAD_CREATED, [1, 2])
    deliver()
    assert Subscription.objects.for_agency(agency).get().disabled_at == NOON
    assert len(receiver.asked) == 1
    assert mails() == ["A webhook of Agence Martin was switched off"]


def test_what_happened_meanwhile_is_sent_when_it_is_switched_on_again(
    agency, failing, receiver, deliver, states, clock
):
    receiver.answers("/passerelle", with_body(b"", status=410))
    tell(agency, EventType.LEAD_CREATED, [1])
    deliver()
    tell(agency, EventType.LEAD_CREATED, [2, 3])
    receiver.answers("/passerelle", with_body(b""))
    clock.shift(timedelta(days=2))
    assert deliver() == []
    subscribing.change(failing, None)
    deliver()
    assert {state for state, _ in states(agency)} == {"delivered"}


def test_a_mail_server_that_is_away_is_tried_again(agency, failing, receiver, deliver, mails, settings):
    receiver.answers("/passerelle", with_body(b"", status=410))
    tell(agency, EventType.LEAD_CREATED, [1])
    deliver()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert mails() == []
    job = Job.objects.for_agency(agency).get(kind=giving_up.MAIL)
    assert (job.status, job.error_kind) == ("waiting", "unreachable")


def test_nobody_is_mailed_about_what_works_again_or_is_gone(agency, failing, receiver, deliver, mails):
    receiver.answers("/passerelle", with_body(b"", status=410))
    tell(agency, EventType.LEAD_CREATED, [1])
    deliver()
    subscribing.change(failing, None)
    assert mails() == []
    subscribing.remove(failing, None)
    assert mails() == []
