"""The picture of the last seven days: honest about what was seen, and about what nobody looked at."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from estates.wordpress.health.picture import HOURS, drawn, pictures
from estates.wordpress.models import Condition, HealthLook

NOW = datetime(2026, 11, 20, 15, 40, tzinfo=UTC)


def ago(**time) -> datetime:
    return NOW - timedelta(**time)


def test_a_bar_for_each_hour_ending_with_this_one():
    picture = drawn([(ago(minutes=5), "up", 100)], NOW)
    assert len(picture.bars) == HOURS == 168
    assert picture.bars[-1].hour == datetime(2026, 11, 20, 15, tzinfo=UTC)
    assert picture.bars[0].hour == datetime(2026, 11, 13, 16, tzinfo=UTC)
    assert [bar.x for bar in picture.drawn] == [167]


def test_an_hour_shows_the_worst_that_was_found_in_it():
    at = ago(minutes=30)
    looks = [
        (at, "up", 1),
        (at, "down", None),
        (at, "slow", 4000),
        (ago(hours=2), "slow", 1),
        (ago(hours=2), "up", 1),
    ]
    bars = drawn(looks, NOW).bars
    assert (bars[167].verdict, bars[165].verdict, bars[166].verdict) == (
        Condition.DOWN,
        Condition.SLOW,
        Condition.UNKNOWN,
    )


def test_the_worse_the_higher_and_all_stand_on_the_ground():
    looks = [(ago(hours=3), "up", 1), (ago(hours=2), "slow", 1), (ago(hours=1), "down", None)]
    up, slow, down = drawn(looks, NOW).drawn
    assert 0 < up.height < slow.height < down.height == 24
    assert {bar.y + bar.height for bar in (up, slow, down)} == {24}


@pytest.mark.parametrize(
    ("verdicts", "percent"),
    [
        ("u" * 30, 100.0),
        ("u" * 27 + "d" * 3, 90.0),
        ("us" * 12, 100.0),
        ("d" * 24, 0.0),
        ("u" * 2999 + "d", 99.9),
    ],
)
def test_the_share_of_the_looks_is_never_rounded_up(verdicts, percent):
    names = {"u": "up", "s": "slow", "d": "down"}
    picture = drawn([(ago(hours=1), names[each], 1) for each in verdicts], NOW)
    assert (picture.looks, picture.percent) == (len(verdicts), percent)


@pytest.mark.parametrize(("verdicts", "there"), [([], 0), (["down"], 0), (["up", "slow", "down"], 2)])
def test_of_few_looks_the_numbers_are_told_and_no_share(verdicts, there):
    picture = drawn([(ago(hours=1), verdict, 1) for verdict in verdicts], NOW)
    assert (picture.looks, picture.there, picture.percent) == (len(verdicts), there, None)


def test_the_table_has_a_line_for_each_day_of_the_readers_calendar():
    looks = [
        (datetime(2026, 11, 18, 22, 30, tzinfo=UTC), "up", 900),
        (datetime(2026, 11, 18, 23, 30, tzinfo=UTC), "slow", 4200),
        (datetime(2026, 11, 19, 8, 0, tzinfo=UTC), "down", None),
        (datetime(2026, 11, 20, 8, 0, tzinfo=UTC), "down", None),
    ]
    with timezone.override("Europe/Paris"):
        days = drawn(looks, NOW).days
    assert [(day.date.day, day.up, day.slow, day.down, day.slowest) for day in days] == [
        (20, 0, 0, 1, None),
        (19, 0, 1, 1, 4.2),
        (18, 1, 0, 0, 0.9),
    ]


def test_pictures_are_of_ones_own_sites_and_of_the_last_days(
    agency, other_agency, add, django_assert_num_queries
):
    here, bare, there = add(agency), add(agency, domain="www.b.example"), add(other_agency)
    now = timezone.now()
    for site, days in ((here, 1), (here, 6), (here, 8), (there, 1)):
        HealthLook.objects.create(
            agency=site.agency, site=site, at=now - timedelta(days=days), verdict="up", milliseconds=9
        )
    with django_assert_num_queries(1):
        found = pictures(agency, [here, bare, there])
    assert {pk: picture.looks for pk, picture in found.items()} == {here.pk: 2}
