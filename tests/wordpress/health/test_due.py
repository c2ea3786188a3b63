"""The timer's looks: whose turn it is, that nobody looks twice, and that whoever dies holds nothing up."""

import time
from concurrent.futures import Future
from datetime import timedelta

import pytest
from django.utils import timezone

from estates.wordpress.health import due
from estates.wordpress.health.due import claim, enrol, look_at_due_sites, settle
from estates.wordpress.health.look import Look
from estates.wordpress.models import Condition, Site, SiteHealth, State
from tests.websites import by_hand, html
from tests.wordpress.conftest import DOMAIN
from tests.wordpress.health.conftest import health_row, looks_of, make_due


@pytest.fixture
def nudges():
    return []


@pytest.fixture
def look(nudges):
    return lambda: look_at_due_sites(lambda: nudges.append(1))


@pytest.fixture
def many(agency, add, serve):
    """`many(5)` is that number of active sites, served on loopback and due."""

    def make(number, **answer):
        sites = []
        for n in range(number):
            domain = f"www.site-{n}.example"
            serve(domain).answers("/", html("x", **answer), scheme="https")
            sites.append(add(agency, domain=domain, state=State.ACTIVE))
        enrol()
        return sites

    return make


def rows(**fields):
    return SiteHealth.objects.across_agencies().filter(**fields)


def test_sites_of_all_agencies_are_looked_at_each_under_its_own(agency, other_agency, add, serve, look):
    serve("www.riviera.example")
    served = serve()
    here = add(agency, state=State.ACTIVE)
    shared = add(other_agency, state=State.ACTIVE)
    there = add(other_agency, domain="www.riviera.example", state=State.ACTIVE)
    assert look() == 3
    assert [health_row(site).verdict for site in (here, shared, there)] == [Condition.UP] * 3
    assert [row.agency for site in (here, shared, there) for row in looks_of(site)] == [
        agency,
        other_agency,
        other_agency,
    ]
    assert served.paths().count("/") == 2, "two agencies claim the same domain: each has its own look"


@pytest.mark.parametrize("state", [state for state in State if state != State.ACTIVE])
def test_the_timer_leaves_sites_alone_that_are_not_active(agency, add, served, look, state):
    site = add(agency, state=state)
    SiteHealth.objects.create(agency=agency, site=site, next_at=timezone.now())
    assert look() == 0
    assert served.asked == []


def test_a_site_is_looked_at_once_an_hour(agency, add, served, look):
    site = add(agency, state=State.ACTIVE)
    assert [look(), look()] == [1, 0]
    make_due(site)
    assert look() == 1
    assert len(looks_of(site)) == 2


def test_enrolling_twice_makes_one_row(agency, add):
    add(agency, state=State.ACTIVE)
    enrol()
    enrol()
    assert rows().count() == 1


def test_dozens_are_looked_at_at_once(many, look):
    sites = many(20, wait=0.3)
    began = time.monotonic()
    assert look() == 20
    assert time.monotonic() - began < 5, "one after the other would take six seconds and more"
    assert {health_row(site).verdict for site in sites} == {Condition.UP}


def test_no_site_is_claimed_twice(many):
    many(5)
    first, second = claim(3), claim(3)
    assert [len(first), len(second), len(claim(3))] == [3, 2, 0]
    assert not {row.pk for row in first} & {row.pk for row in second}


def test_the_oldest_come_first(many):
    sites = many(3)
    rows(site=sites[2]).update(next_at=timezone.now() - timedelta(hours=2))
    assert [row.site for row in claim(1)] == [sites[2]]


def test_a_dead_worker_loses_its_claim_when_its_lease_is_over(many, look):
    (site,) = many(1)
    claim(1)
    assert look() == 0
    rows().update(leased_until=timezone.now() - timedelta(seconds=1))
    assert look() == 1
    assert health_row(site).verdict == Condition.UP


def test_who_comes_back_after_its_lease_keeps_nothing(many, look):
    (site,) = many(1)
    (late,) = claim(1)
    rows().update(leased_until=timezone.now() - timedelta(seconds=1))
    look()
    finished: Future[Look] = Future()
    finished.set_result(Look(Condition.DOWN, None, (), {}))
    settle(late, finished)
    assert health_row(site).verdict == Condition.UP
    assert len(looks_of(site)) == 1


def test_a_slice_ends_and_asks_for_the_next(many, look, nudges, monkeypatch):
    monkeypatch.setattr(due, "AT_ONCE", 2)
    monkeypatch.setattr(due, "SLICE_SECONDS", 0.2)
    many(3, wait=0.3)
    assert look() == 2
    assert nudges == [1]
    assert look() == 1
    assert nudges == [1]


def test_a_second_slice_does_not_begin_beside_the_first(many, look, nudges):
    many(6)
    claim(1)
    assert look() == 0
    assert nudges == []


def test_a_site_that_hangs_holds_up_nobody_else(agency, add, serve, look, monkeypatch):
    monkeypatch.setattr("estates.wordpress.health.look.LOOK_SECONDS", 1.0)
    serve("www.stuck.example").answers("/", by_hand(20.0))
    serve()
    stuck = add(agency, domain="www.stuck.example", state=State.ACTIVE)
    fine = add(agency, state=State.ACTIVE)
    began = time.monotonic()
    assert look() == 2
    assert time.monotonic() - began < 3
    assert (health_row(stuck).verdict, health_row(fine).verdict) == (Condition.DOWN, Condition.UP)


def test_a_look_that_breaks_is_told_to_the_log_and_waits_for_the_next_round(
    agency, add, serve, look, monkeypatch, caplog
):
    def breaks(client, domain):
        raise ZeroDivisionError(domain) if domain == DOMAIN else KeyError(domain)

    monkeypatch.setattr(due, "look_at", breaks)
    serve()
    site = add(agency, state=State.ACTIVE)
    assert look() == 1
    assert "ZeroDivisionError" in caplog.text
    row = health_row(site)
    assert (row.verdict, row.claim, row.leased_until) == (Condition.UNKNOWN, "", None)
    assert row.next_at > timezone.now() + timedelta(minutes=50)


def test_a_site_that_is_removed_while_it_is_looked_at(agency, add, served, look, monkeypatch):
    site = add(agency, state=State.ACTIVE)

    def remove_first(health, future):
        Site.objects.for_agency(agency).filter(pk=site.pk).delete()
        settle(health, future)

    monkeypatch.setattr(due, "settle", remove_first)
    assert look() == 1
    assert not rows().exists()
