from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estates.leads.hours import LOOKED_BACK, Hours, easter_of, holidays_of

PARIS = ZoneInfo("Europe/Paris")
DAY = ((time(9), time(12, 30)), (time(14), time(18, 30)))
USUAL = Hours(PARIS, (DAY, DAY, DAY, DAY, DAY, (), ()))
HOUR = 3600


def at(text: str, zone=PARIS) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("since", "until", "hours"),
    [
        ("2026-11-03T09:00", "2026-11-03T10:30", 1.5),
        ("2026-11-03T08:00", "2026-11-03T09:30", 0.5),
        ("2026-11-03T12:00", "2026-11-03T14:30", 1),  # over lunch
        ("2026-11-03T12:45", "2026-11-03T13:30", 0),  # at lunch
        ("2026-11-03T18:00", "2026-11-04T09:30", 1),  # over night
        ("2026-11-06T18:00", "2026-11-09T09:30", 1),  # over the weekend
        ("2026-11-07T10:00", "2026-11-08T10:00", 0),  # Saturday and Sunday
        ("2026-11-10T18:00", "2026-11-12T09:30", 1),  # Armistice Day
        ("2026-11-02T00:00", "2026-11-09T00:00", 40),  # a whole week
        ("2026-11-03T10:00", "2026-11-03T10:00", 0),
        ("2026-11-04T10:00", "2026-11-03T10:00", 0),  # from the future
    ],
)
def test_only_open_hours_are_waiting(since, until, hours):
    assert USUAL.seconds(at(since), at(until)) == hours * HOUR


@pytest.mark.parametrize(
    ("day", "night_hours"),
    [("2026-03-29", 7), ("2026-10-25", 9), ("2026-03-22", 8)],  # clocks go forward, back, and stay
)
def test_whoever_is_open_all_night_feels_the_clocks_change(day, night_hours):
    night = Hours(PARIS, (((time(0), time(8)),),) * 7, holidays=False)
    since = at(f"{day}T00:00")
    assert night.seconds(since, at(f"{day}T23:00")) == night_hours * HOUR


def test_a_day_has_its_usual_length_when_the_clocks_changed_in_the_night():
    sundays = Hours(PARIS, (DAY,) * 7, holidays=False)
    assert sundays.seconds(at("2026-03-28T18:30"), at("2026-03-30T00:00")) == 8 * HOUR
    assert sundays.seconds(at("2026-10-24T18:30"), at("2026-10-26T00:00")) == 8 * HOUR


def test_own_closing_days_include_both_their_ends():
    closed = Hours(PARIS, USUAL.week, True, ((date(2026, 12, 24), date(2027, 1, 2)),))
    assert closed.seconds(at("2026-12-23T18:00"), at("2027-01-04T09:30")) == HOUR
    assert not closed.is_open_on(date(2026, 12, 24))
    assert closed.is_open_on(date(2027, 1, 4))


def test_holidays_may_be_working_days():
    working = Hours(PARIS, USUAL.week, holidays=False)
    assert working.seconds(at("2026-11-11T09:00"), at("2026-11-11T10:00")) == HOUR


def test_the_zone_is_the_agency_s_and_not_the_server_s():
    overseas = Hours(ZoneInfo("Indian/Reunion"), USUAL.week)
    assert overseas.seconds(at("2026-11-03T05:00", UTC), at("2026-11-03T06:00", UTC)) == HOUR
    assert USUAL.seconds(at("2026-11-03T05:00", UTC), at("2026-11-03T06:00", UTC)) == 0


def test_very_old_leads_are_counted_to_a_bound():
    now = at("2026-11-03T10:00")
    years = USUAL.seconds(datetime(1, 1, 1, tzinfo=UTC), now)
    assert years == USUAL.seconds(now - LOOKED_BACK, now)


def test_an_agency_that_is_never_open_never_lets_wait():
    shut = Hours(PARIS, ((),) * 7)
    now = at("2026-11-03T10:00")
    assert shut.seconds(now - timedelta(days=30), now) == 0
    assert shut.moment_before(now, 60) == now - LOOKED_BACK


MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(MOMENTS, st.integers(1, 200 * 60))
def test_the_moment_before_is_exactly_so_much_waiting_ago(now, minutes):
    moment = USUAL.moment_before(now, minutes * 60)
    assert USUAL.seconds(moment, now) == minutes * 60
    assert USUAL.seconds(moment + timedelta(seconds=1), now) < minutes * 60


@given(MOMENTS, st.integers(0, 10**7), st.integers(0, 10**6))
def test_waiting_adds_up(since, first, second):
    since = since.replace(microsecond=0)
    middle = since + timedelta(seconds=first)
    until = min(middle + timedelta(seconds=second), since + LOOKED_BACK)
    if until >= middle:
        assert USUAL.seconds(since, middle) + USUAL.seconds(middle, until) == USUAL.seconds(since, until)


@pytest.mark.parametrize(
    ("year", "day"),
    [
        (1961, "1961-04-02"),
        (2000, "2000-04-23"),
        (2024, "2024-03-31"),
        (2026, "2026-04-05"),
        (2038, "2038-04-25"),
    ],
)
def test_easter(year, day):
    assert easter_of(year).isoformat() == day


def test_the_eleven_holidays_of_a_year():
    assert sorted(day.isoformat()[5:] for day in holidays_of(2026)) == [
        "01-01", "04-06", "05-01", "05-08", "05-14", "05-25", "07-14", "08-15", "11-01", "11-11", "12-25",
    ]  # fmt: skip
    assert date(2027, 3, 29) in holidays_of(2027)
