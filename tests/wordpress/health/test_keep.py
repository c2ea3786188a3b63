"""What a look leaves behind, when the next one is due, and what is forgotten."""

from datetime import timedelta

import pytest
from django.utils import timezone

from estates.wordpress.health.faults import Fault
from estates.wordpress.health.keep import keep
from estates.wordpress.health.look import Look
from estates.wordpress.health.retention import forget_old_looks
from estates.wordpress.models import Condition, HealthLook, SiteHealth
from tests.wordpress.health.conftest import health_row, looks_of

UP = Look(Condition.UP, 120, (Fault("noindex"),), {"status": 200})
DOWN = Look(Condition.DOWN, None, (Fault("error", {"status": 500}),), {})


@pytest.fixture
def site(agency, add):
    site = add(agency, state="active")
    SiteHealth.objects.create(agency=agency, site=site, next_at=timezone.now(), claim="mine")
    return site


def minutes_to_the_next(site) -> float:
    return (health_row(site).next_at - timezone.now()) / timedelta(minutes=1)


def test_a_look_becomes_the_state_and_a_line_of_the_history(site):
    assert keep(site, UP)
    row, (line,) = health_row(site), looks_of(site)
    assert (row.verdict, row.faults, row.facts) == ("up", [{"code": "noindex", "facts": {}}], {"status": 200})
    assert row.checked_at == row.since == line.at
    assert (line.verdict, line.milliseconds, line.faults) == ("up", 120, ["noindex"])
    assert (row.claim, row.leased_until) == ("", None)


def test_the_verdict_is_of_the_first_look_that_gave_it(site):
    keep(site, DOWN)
    since = health_row(site).since
    keep(site, DOWN)
    assert health_row(site).since == since
    keep(site, UP)
    assert health_row(site).since > since


def test_looks_down_in_a_row_are_counted(site):
    for number in (1, 2, 3):
        keep(site, DOWN)
        assert health_row(site).down_looks == number
    keep(site, UP)
    assert health_row(site).down_looks == 0


def test_the_count_stays_within_its_column(site):
    SiteHealth.objects.for_agency(site.agency).update(down_looks=32_767)
    keep(site, DOWN)
    assert health_row(site).down_looks == 10_000


def test_the_next_look_is_in_about_an_hour(site):
    found = []
    for _ in range(20):
        keep(site, UP)
        found.append(minutes_to_the_next(site))
    assert all(54 < minutes < 66 for minutes in found)
    assert max(found) - min(found) > 1, "a thousand sites must not come due together"


def test_a_site_that_is_down_is_looked_at_sooner_three_times(site):
    found = []
    for _ in range(5):
        keep(site, DOWN)
        found.append(minutes_to_the_next(site))
    assert all(9 < minutes <= 10 for minutes in found[:3])
    assert all(54 < minutes < 66 for minutes in found[3:])
    keep(site, UP)
    keep(site, DOWN)
    assert minutes_to_the_next(site) <= 10


def test_a_lost_claim_keeps_nothing(site):
    assert not keep(site, UP, "another's")
    assert health_row(site).verdict == Condition.UNKNOWN
    assert looks_of(site) == []
    assert keep(site, UP, "mine")
    assert not keep(site, DOWN, "mine"), "once and only once"
    assert len(looks_of(site)) == 1


def test_a_site_that_was_removed_meanwhile_keeps_nothing(site):
    pk, agency = site.pk, site.agency
    site.delete()
    site.pk = pk
    assert not keep(site, UP, "mine")
    assert not HealthLook.objects.for_agency(agency).exists()


def test_looks_are_forgotten_after_thirty_days(site):
    now = timezone.now()
    for days in (29, 31, 300):
        HealthLook.objects.create(agency=site.agency, site=site, at=now - timedelta(days=days), verdict="up")
    assert forget_old_looks() == 2
    assert [(now - look.at).days for look in looks_of(site)] == [29]
