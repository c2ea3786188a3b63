"""The page of an agency's syncs, and the rhythm that a manager sets there."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.roles import Role
from estates.catalogue.models import MirrorPlan, SyncRun
from estates.connections.models import Connection

PAGE = "/agencies/martin/estates/syncs/"


@pytest.fixture
def connection(agency, connected) -> Connection:
    return connected(agency)


def interval(connection: Connection) -> str:
    return reverse("catalogue:interval", args=["martin", connection.pk])


def test_without_a_connection_the_page_says_what_to_do(agency, browser):
    assert reverse("connections:add", args=["martin"]) in browser(agency).get(PAGE).content.decode()


def test_runs_are_listed_with_what_came_of_them_and_the_remotes_words(agency, connection, browser):
    SyncRun.objects.create(
        agency=agency, connection=connection, status="done", received=1240, stored=3, changed=7, gone=2
    )
    SyncRun.objects.create(agency=agency, connection=connection, status="failed", error="<b>Bad gateway</b>")
    page = browser(agency, Role.VIEWER).get(PAGE).content.decode()
    assert "1,240" in page
    assert "&lt;b&gt;Bad gateway&lt;/b&gt;" in page


def test_the_page_says_when_the_next_sync_comes(agency, connection, browser):
    in_an_hour = timezone.now() + timedelta(minutes=60, seconds=30)
    MirrorPlan.objects.create(agency=agency, connection=connection, every_minutes=120, next_at=in_an_hour)
    page = browser(agency, Role.VIEWER).get(PAGE).content.decode()
    assert "next sync in 1\xa0hour" in page
    assert "<form" not in page[page.index('id="content"') :]


def test_a_manager_sets_the_rhythm(agency, connection, browser, member):
    answer = browser(agency, Role.MANAGER).post(interval(connection), {"minutes": "240"})
    assert answer["Location"] == PAGE
    plan = MirrorPlan.objects.for_agency(agency).get()
    assert plan.every_minutes == 240
    assert plan.next_at > timezone.now() + timedelta(minutes=200)
    entry = AuditEntry.objects.for_agency(agency).get()
    assert (entry.action, entry.actor) == ("catalogue.interval_set", member(agency, Role.MANAGER))
    assert 'value="240"' in browser(agency, Role.MANAGER).get(PAGE).content.decode()


@pytest.mark.parametrize("minutes", ["", "4", "1441", "-5", "ten", "1e9", "9" * 30])
def test_a_bad_rhythm_changes_nothing_and_says_why(agency, connection, browser, minutes):
    answer = browser(agency, Role.MANAGER).post(interval(connection), {"minutes": minutes}, follow=True)
    assert "alert-danger" in answer.content.decode()
    assert not MirrorPlan.objects.for_agency(agency).exists()


def test_agents_and_outsiders_set_no_rhythm(agency, other_agency, connection, browser):
    assert browser(agency, Role.AGENT).post(interval(connection), {"minutes": 60}).status_code == 403
    assert browser(other_agency).post(interval(connection), {"minutes": 60}).status_code == 404
    assert browser(agency).get(interval(connection)).status_code == 405
    assert not MirrorPlan.objects.for_agency(agency).exists()


def test_a_removed_connection_has_no_rhythm_any_more(agency, connection, browser):
    Connection.objects.for_agency(agency).update(removed_at=timezone.now())
    assert browser(agency).post(interval(connection), {"minutes": 60}).status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_syncs(
    agency, connection, browser, django_assert_num_queries
):
    client = browser(agency)
    client.get(PAGE)
    for number in range(40):
        SyncRun.objects.create(agency=agency, connection=connection, status="done")
        if number in (0, 39):
            with django_assert_num_queries(8):
                client.get(PAGE)
