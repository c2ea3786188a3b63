from datetime import UTC, datetime
from smtplib import SMTPSenderRefused

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.urls import reverse

from accounts.mail_choices import readers
from accounts.models import MailKind
from accounts.roles import Role
from estates.jobs.models import Job, Status
from estates.leads.models import Digest, Lead
from estates.leads.routing import digest

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 11, 4, 8, 0, tzinfo=UTC)
YESTERDAY = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def morning(time_machine):
    time_machine.move_to(MORNING, tick=False)
    return time_machine


def digests(mailed):
    digest.start_due_digests()
    return mailed(mail.outbox, digest.KIND)


def test_managers_read_in_the_morning_what_came_and_what_waits(agency, member, come, mailed):
    member(agency, Role.MANAGER), member(agency, Role.AGENT), member(agency, Role.VIEWER)
    come("1", "2", happened_at=YESTERDAY)
    assert digests(mailed) == [("manager@martin.example", "Agence Martin: 2 leads on Nov. 3, 2026")]
    (message,) = mail.outbox
    assert "marketing-lab: 2" in message.body
    assert "2 leads wait and nobody is in charge of them:" in message.body
    assert "Jean Dupont" in message.body


def test_each_reads_of_the_own_leads(agency, member, come, mailed):
    manager = member(agency, Role.MANAGER)
    come("1", "2", happened_at=YESTERDAY)
    Lead.objects.for_agency(agency).filter(remote_id="1").update(assignee=manager)
    digests(mailed)
    assert "1 lead in your charge waits for an answer:" in mail.outbox[0].body


def test_once_a_day_and_no_more(agency, member, come, mailed, morning):
    member(agency, Role.MANAGER)
    come("1", happened_at=YESTERDAY)
    for _ in range(3):
        digests(mailed)
    assert len(mail.outbox) == 1
    Digest.objects.for_agency(agency).get()
    morning.move_to(datetime(2026, 11, 5, 8, 0, tzinfo=UTC), tick=False)
    digests(mailed)
    assert len(mail.outbox) == 2


def test_a_mail_server_that_is_closing_gets_it_later(agency, member, come, mailed, monkeypatch):
    member(agency, Role.OWNER)
    come("1", happened_at=YESTERDAY)

    def closing(self, messages):
        raise SMTPSenderRefused(421, b"closing", "us@x.example")

    with monkeypatch.context() as patched:
        patched.setattr(EmailBackend, "send_messages", closing)
        assert digests(mailed) == []
    assert Job.objects.for_agency(agency).get(kind=digest.KIND).status == Status.WAITING
    assert len(digests(mailed)) == 1
    assert len(digests(mailed)) == 1


def test_not_at_night_in_the_agencys_zone(agency, member, come, mailed, morning):
    member(agency, Role.MANAGER)
    come("1", happened_at=YESTERDAY)
    morning.move_to(datetime(2026, 11, 4, 5, 59, tzinfo=UTC), tick=False)
    assert digests(mailed) == []
    morning.move_to(datetime(2026, 11, 4, 6, 0, tzinfo=UTC), tick=False)
    assert len(digests(mailed)) == 1


def test_where_there_is_nothing_to_tell_nobody_is_mailed(agency, member, come, mailed):
    member(agency, Role.MANAGER)
    come("1", happened_at=datetime(2026, 10, 1, tzinfo=UTC))
    Lead.objects.for_agency(agency).update(state="won")
    assert digests(mailed) == []


def test_members_choose_for_themselves(agency, member, browser, come, mailed):
    page = reverse("mails")
    member(agency, Role.MANAGER)
    come("1", happened_at=YESTERDAY)
    browser(agency, Role.AGENT).post(page, {"martin-kinds": ["lead", "digest"]})
    browser(agency, Role.MANAGER).post(page, {})
    assert [to for to, _subject in digests(mailed)] == ["agent@martin.example"]
    assert "checked" in browser(agency, Role.AGENT).get(page).content.decode()
    browser(agency, Role.VIEWER).post(page, {"martin-kinds": ["digest"]})
    assert [user.email for user in readers(agency, MailKind.DIGEST)] == ["agent@martin.example"]


def test_another_agencys_leads_are_in_no_digest(agency, other_agency, member, come, mailed):
    member(agency, Role.MANAGER)
    come("1", happened_at=YESTERDAY)
    come("2", of=other_agency, happened_at=YESTERDAY, last_name="Secret")
    digests(mailed)
    assert "1 lead came in" in mail.outbox[0].body
    assert "Secret" not in mail.outbox[0].body


def test_an_agency_without_leads_has_no_job(agency, member):
    member(agency, Role.MANAGER)
    assert digest.start_due_digests() == 0
    assert not Job.objects.for_agency(agency).exists()
