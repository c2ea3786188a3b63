"""The end of a plan: who is warned by mail, when, and only once."""

from datetime import UTC, date, datetime, timedelta
from smtplib import SMTPSenderRefused

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from accounts.models import Agency, User
from accounts.roles import Role
from estates.jobs.models import Job, Status
from estates.jobs.work import work
from estates.wordpress import endings
from estates.wordpress.endings import due_warning, today_of
from estates.wordpress.models import Site, State
from estates.wordpress.tasks import warn_of_endings as start_warnings
from tests.wordpress.conftest import fresh, told

TODAY = date(2026, 3, 1)


def daily() -> None:
    """The timer, and the jobs that it starts or that wait for the mail server."""
    start_warnings()
    jobs = Job.objects.across_agencies().filter(kind=endings.MAIL, status__in=(Status.QUEUED, Status.WAITING))
    jobs.update(not_before=timezone.now())
    for job in jobs:
        work(job.pk)


@pytest.fixture
def people(agency, member) -> None:
    for role in Role:
        member(agency, role)


@pytest.fixture
def ending(agency, add, people):
    """`ending(12)` is an active site whose plan ends in twelve days."""

    def make(days, domain="www.agence-martin.example", **fields) -> Site:
        site = add(agency, domain=domain, state=State.ACTIVE, **fields)
        Site.objects.for_agency(agency).filter(pk=site.pk).update(
            expires_at=today_of(site) + timedelta(days=days)
        )
        return fresh(site)

    return make


@pytest.mark.parametrize(
    ("left", "due"),
    [(400, None), (31, None), (30, 30), (8, 30), (7, 7), (1, 7), (0, 7), (-1, None), (-400, None)],
)
def test_which_warning_is_due(left, due):
    site = Site(state=State.ACTIVE, expires_at=TODAY + timedelta(days=left))
    assert due_warning(site, TODAY) == due


@pytest.mark.parametrize(
    ("left", "sent", "due"),
    [(20, 30, None), (7, 30, 7), (5, 7, None), (30, 30, None)],
)
def test_none_is_due_twice(left, sent, due):
    end = TODAY + timedelta(days=left)
    site = Site(state=State.ACTIVE, expires_at=end, warned_of=end, warned_days=sent)
    assert due_warning(site, TODAY) == due


def test_a_renewed_plan_begins_afresh():
    end = TODAY + timedelta(days=20)
    site = Site(state=State.ACTIVE, expires_at=end, warned_of=TODAY - timedelta(days=300), warned_days=7)
    assert due_warning(site, TODAY) == 30


@pytest.mark.parametrize("state", [State.INACTIVE, State.REFUSED, State.ACTIVATING, State.DEACTIVATING])
def test_a_site_that_is_not_active_ends_nothing(state):
    assert due_warning(Site(state=state, expires_at=TODAY), TODAY) is None
    assert due_warning(Site(state=State.ACTIVE), TODAY) is None


def test_the_day_is_the_agencys(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
    assert today_of(Site(agency=Agency(time_zone="Europe/Paris"))) == date(2026, 3, 2)
    assert today_of(Site(agency=Agency(time_zone="America/Martinique"))) == date(2026, 3, 1)


def test_owners_and_managers_are_told_once_for_each_warning(ending, agency):
    site = ending(30)
    daily()
    daily()
    assert {message.to[0] for message in mail.outbox} == {"owner@martin.example", "manager@martin.example"}
    assert told(site)[-1] == "warned"
    Site.objects.for_agency(agency).update(expires_at=site.expires_at - timedelta(days=23))
    Site.objects.for_agency(agency).update(warned_of=site.expires_at - timedelta(days=23))
    daily()
    daily()
    assert len(mail.outbox) == 4
    assert told(site).count("warned") == 2


def test_the_mail_says_what_where_and_when(ending, settings):
    settings.PUBLIC_URL = "https://portal.example"
    site = ending(7, domain="www.xn--agence-t-h1ab.fr")
    daily()
    message = mail.outbox[0]
    page = message.alternatives[0].content
    assert message.subject == "The plan of www.agence-été.fr ends in 7 days"
    assert message.alternatives[0].mimetype == "text/html"
    for text in (message.body, page):
        assert "www.agence-été.fr of Agence Martin ends on" in text
        assert str(site.expires_at.year) in text
        assert f"https://portal.example/agencies/martin/sites/{site.pk}/" in text


def test_everybody_reads_their_own_language(ending, agency):
    ending(1)
    User.objects.filter(email="manager@martin.example").update(language="")
    Agency.objects.update(language="en", name="Martin & <b>Fils</b>")
    daily()
    assert [message.subject for message in mail.outbox] == [
        "The plan of www.agence-martin.example ends in 1 day"
    ] * 2
    assert "Martin & <b>Fils</b>" in mail.outbox[0].body
    assert "Martin &amp; &lt;b&gt;Fils&lt;/b&gt;" in mail.outbox[0].alternatives[0].content


def test_closed_accounts_and_other_agencies_hear_nothing(ending, other_agency, member):
    member(other_agency)
    ending(3)
    User.objects.filter(email="owner@martin.example").update(is_active=False)
    daily()
    assert [message.to for message in mail.outbox] == [["manager@martin.example"]]


@pytest.mark.parametrize("method", ["open", "send_messages"])
def test_a_mail_server_that_is_away_or_closing_gets_it_later(ending, agency, monkeypatch, method):
    site = ending(5)

    def refuse(*args):
        raise SMTPSenderRefused(421, b"closing", "us@x.example")

    with monkeypatch.context() as away:
        away.setattr(EmailBackend, method, refuse)
        daily()
    assert "warned" not in told(site)
    assert Job.objects.for_agency(agency).get(kind=endings.MAIL).status == Status.WAITING
    daily()
    daily()
    assert len(mail.outbox) == 2
    assert told(site).count("warned") == 1


def test_one_address_that_is_refused_keeps_nobody_else_from_it(ending, monkeypatch):
    ending(5)
    send = EmailMessage.send

    def refuse_owner(message, *args):
        if message.to == ["owner@martin.example"]:
            raise OSError("unknown")
        return send(message, *args)

    monkeypatch.setattr(EmailMessage, "send", refuse_owner)
    daily()
    daily()
    assert len(mail.outbox) == 1


def test_two_timers_at_once_start_one_warning(ending):
    """The second timer has read the site before the first one marked it."""
    stale = ending(5)
    daily()
    assert not endings.warn(stale, 7)


def test_a_plan_that_is_renewed_meanwhile_is_not_warned_of(ending, agency):
    site = ending(5)
    Site.objects.for_agency(agency).update(expires_at=site.expires_at + timedelta(days=365))
    assert not endings.warn(site, 7)


def test_what_was_renewed_before_the_mail_left_is_not_warned_of(ending, agency):
    site = ending(5)
    start_warnings()
    Site.objects.for_agency(agency).update(expires_at=site.expires_at + timedelta(days=365))
    daily()
    assert mail.outbox == []
    assert "warned" not in told(site)


def test_the_task_is_on_the_timer(settings):
    entry = settings.CELERY_BEAT_SCHEDULE["site-endings"]
    assert entry["task"] == "wordpress.warn_of_endings"
    assert entry["schedule"] == 86_400
