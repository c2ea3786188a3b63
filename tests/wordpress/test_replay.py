"""Replay of everything: the preview, one job, and a question within the cool-down."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.roles import Role
from estates.connections.models import Connection
from estates.jobs.models import Job, Status
from estates.wordpress.models import State
from estates.wordpress.replay import KeyDeleted, TooSoon, ask_replay_all, last_replay, recent_replay
from tests.wordpress.conftest import url, worked, worn_out


@pytest.fixture
def connection(agency, connected, box) -> Connection:
    return connected(agency)


def ended(connection, ago, status=Status.DONE, **fields) -> Job:
    return Job.objects.create(
        agency=connection.agency,
        kind="wordpress.replay_all",
        subject=f"connection:{connection.pk}",
        status=status,
        finished_at=timezone.now() - ago,
        **fields,
    )


def test_one_job_asks_ts_immo_once(connection, agency, manager, account):
    job = ask_replay_all(connection, manager)
    assert account.full_replays == 0
    assert worked(job).status == Status.DONE
    assert account.full_replays == 1
    entries = AuditEntry.objects.for_agency(agency).order_by("number")
    assert [(entry.action, entry.actor) for entry in entries] == [
        ("sites.replay_asked", manager),
        ("sites.replayed", manager),
    ]


def test_whoever_presses_while_one_is_open_gets_that_one(connection, manager, member, agency, account):
    job = ask_replay_all(connection, manager)
    assert ask_replay_all(connection, member(agency), insist=True) == job
    worked(job)
    assert account.full_replays == 1
    assert AuditEntry.objects.for_agency(agency).filter(action="sites.replay_asked").count() == 1


def test_within_the_cool_down_a_person_has_to_insist(connection, manager, account):
    worked(ask_replay_all(connection, manager))
    with pytest.raises(TooSoon):
        ask_replay_all(connection, manager)
    worked(ask_replay_all(connection, manager, insist=True))
    assert account.full_replays == 2


@pytest.mark.parametrize(("minutes", "asks"), [(1, True), (59, True), (61, False), (10_000, False)])
def test_the_cool_down_is_an_hour(connection, manager, minutes, asks):
    ended(connection, timedelta(minutes=minutes))
    assert bool(recent_replay(connection)) is asks


def test_the_cool_down_is_a_setting(connection, settings):
    ended(connection, timedelta(minutes=59))
    settings.REPLAY_COOLDOWN_MINUTES = 30
    assert recent_replay(connection) is None


def test_one_that_failed_or_belongs_to_another_account_asks_nothing(connection, connected, agency, manager):
    ended(connection, timedelta(minutes=1), Status.FAILED)
    ended(connected(agency, label="Nice"), timedelta(minutes=1))
    assert recent_replay(connection) is None
    assert last_replay(connection).status == Status.FAILED
    assert ask_replay_all(connection, manager).is_open


def test_a_remote_in_trouble_is_asked_again_by_itself(connection, manager, account, box):
    box.fault("error_500", operation="replay_all", times=2)
    assert worn_out(ask_replay_all(connection, manager)).status == Status.DONE
    assert account.full_replays == 1


def test_a_refusal_keeps_the_remotes_words(connection, manager, box):
    box.fault("message_string", operation="replay_all", times=1)
    job = worked(ask_replay_all(connection, manager))
    assert (job.status, job.error) == (Status.FAILED, "One or more fields are invalid")


def test_a_deleted_key_is_noticed(connection, manager):
    Connection.objects.for_agency(connection.agency).update(removed_at=timezone.now())
    with pytest.raises(KeyDeleted):
        ask_replay_all(connection, manager)
    assert not Job.objects.for_agency(connection.agency).exists()


# The page


def shown(client, agency, connection) -> str:
    answer = client.get(url("replay", agency, connection.pk))
    assert answer.status_code == 200
    text = answer.content.decode()
    return text[text.index('id="content"') :]


def test_the_preview_says_what_will_happen(connection, agency, add, lists, browser):
    add(agency, domain="www.one.example", state=State.ACTIVE)
    add(agency, domain="www.two.example", state=State.REFUSED)
    lists(agency, 412)
    text = shown(browser(agency), agency, connection)
    assert "Replay 412 estates" in text
    assert text.index("Active sites") < text.index("www.one.example") < text.index("Left out")
    assert text.index("Left out") < text.index("www.two.example")
    assert "Not done in the last months." in text
    assert 'name="insist"' not in text
    assert not Job.objects.for_agency(agency).exists()


def test_without_an_active_site_it_says_so(connection, agency, browser):
    assert "A replay then reaches none of them." in shown(browser(agency), agency, connection)


def test_it_says_how_the_last_one_ended(connection, agency, browser, manager):
    ended(
        connection,
        timedelta(days=2),
        Status.FAILED,
        error="<b>no</b>",
        error_kind="refused",
        asked_by=manager,
    )
    text = shown(browser(agency), agency, connection)
    assert "2\xa0days" in text
    assert 'data-state="failed"' in text
    assert "&lt;b&gt;no&lt;/b&gt;" in text
    assert str(manager) in text


def test_press_follow_and_press_again(connection, agency, browser, account):
    client, here = browser(agency, Role.MANAGER), url("replay", agency, connection.pk)
    assert client.post(here)["Location"] == here
    job = Job.objects.for_agency(agency).get()
    running = shown(client, agency, connection)
    assert reverse("jobs:progress", args=["martin", job.pk]) in running
    assert "data-reload-when-finished" in running
    assert "<button" not in running
    client.post(here)
    worked(job)
    question = client.post(here)
    assert question.status_code == 409
    assert "Replay all estates once more all the same?" in question.content.decode()
    assert 'name="insist" value="yes"' in question.content.decode()
    assert Job.objects.for_agency(agency).count() == 1
    assert client.post(here, {"insist": "yes"}).status_code == 302
    assert Job.objects.for_agency(agency).count() == 2


def test_a_key_that_is_deleted_at_that_moment(connection, agency, browser, monkeypatch):
    monkeypatch.setattr("estates.wordpress.replay.lock", lambda connection: None)
    answer = browser(agency).post(url("replay", agency, connection.pk), follow=True)
    assert answer.redirect_chain[-1][0] == url("index", agency)
    assert "The key of this account was deleted meanwhile." in answer.content.decode()


def test_who_may_not(connection, agency, other_agency, connected, browser):
    here, foreign = url("replay", agency, connection.pk), connected(other_agency)
    assert browser(agency, Role.AGENT).post(here).status_code == 403
    assert browser(other_agency).post(here).status_code == 404
    assert browser(agency).put(here).status_code == 405
    for pk in (foreign.pk, 999_999):
        assert browser(agency).post(url("replay", agency, pk)).status_code == 404
    Connection.objects.for_agency(agency).update(removed_at=timezone.now())
    assert browser(agency).get(here).status_code == 404
    assert not Job.objects.across_agencies().exists()


def test_the_list_leads_to_it_for_managers(connection, agency, add, browser):
    add(agency)
    ended(connection, timedelta(hours=3))
    for role, leads in ((Role.VIEWER, False), (Role.MANAGER, True)):
        page = browser(agency, role).get(url("index", agency)).content.decode()
        assert (url("replay", agency, connection.pk) in page) is leads
        assert "3\xa0hours" in page
