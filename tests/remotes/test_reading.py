from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estates.remotes.reading import count, flag, moment, names, number, small, text, web_url, web_urls


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        (0, "0"),
        (450000, "450000"),
        (84.5, "84.50"),
        (0.1 + 0.2, "0.30"),
        ("84,5", "84.5"),
        ("84.5", "84.5"),
        ("450 000", "450000"),
        ("450\u202f000\u00a0€", "450000"),
        ("450'000 CHF", "450000"),
        ("1.250,00", "1250"),
        ("1,250.00", "1250"),
        ("1.250.000", "1250000"),
        ("450,000", "450000"),
        ("1,234,567", "1234567"),
        ("120 m²", "120"),
        ("999999999998", "999999999998"),
    ],
)
def test_number(value, amount):
    assert number(value) == Decimal(amount)


NO_NUMBERS = [
    None,
    True,
    -1,
    "-5",
    10**12,
    1e12,
    float("nan"),
    float("inf"),
    10**400,
    "1e5",
    "",
    "€",
    "12 rue",
    "٣",
    [],
]


@pytest.mark.parametrize("value", NO_NUMBERS)
def test_no_number(value):
    assert number(value) is None


@given(st.text(alphabet="0123456789.,- €m²'", max_size=40))
def test_number_never_raises(value):
    amount = number(value)
    assert amount is None or 0 <= amount < 10**12


NOON = datetime(2025, 1, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        "2025-01-15T12:00:00Z",
        "2025-01-15T12:00:00.000000Z",
        "2025-01-15T13:00:00+01:00",
        "2025-01-15 12:00:00",
        " 2025-01-15T12:00 ",
        "15/01/2025 12:00",
        "15.01.2025 12:00:00",
        "Wed, 15 Jan 2025 12:00:00 GMT",
        1736942400,
        1736942400.0,
        1736942400000,
        "1736942400",
        "1736942400000",
    ],
)
def test_moment(value):
    assert moment(value) == NOON
    assert moment(value).utcoffset().total_seconds() == 0


def test_moment_of_a_day():
    assert moment("2025-01-15") == moment("15/01/2025") == datetime(2025, 1, 15, tzinfo=UTC)


NO_MOMENTS = [
    None,
    "",
    "soon",
    "31/02/2025",
    "0001-01-01T00:00:00+10:00",
    "9999-12-31T23:59:59-10:00",
    1e300,
    10**400,
]


@pytest.mark.parametrize("value", [*NO_MOMENTS, float("nan"), True, [], "9" * 50, "2025-13-01", "1800-01-01"])
def test_no_moment(value):
    assert moment(value) is None


@pytest.mark.parametrize(
    ("value", "hour"),
    [("15/07/2026 14:30", 12), ("2026-01-15 14:30", 13), ("2026-07-15T14:30:00Z", 14), (1784125800, 14)],
)
def test_only_what_names_no_zone_is_of_the_given_one(value, hour):
    assert moment(value, ZoneInfo("Europe/Paris")).hour == hour
    assert moment(value).hour == 14


@given(st.text(max_size=60) | st.floats() | st.integers())
def test_moment_never_raises(value):
    found = moment(value)
    assert found is None or 1900 <= found.year <= 2200


@pytest.mark.parametrize(
    ("value", "found"), [(3, 3), ("3", 3), (3.9, 3), (10_001, None), (True, None), ("many", None)]
)
def test_small(value, found):
    assert small(value) == found


@pytest.mark.parametrize(
    ("value", "found"), [(142, 142), ("142", 142), (-1, None), ("²", None), (1.5, None), (True, None)]
)
def test_count(value, found):
    assert count(value) == found


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (True, True),
        (0, False),
        (1, True),
        (2, None),
        (10**400, None),
        (" OUI ", True),
        ("no", False),
        (None, None),
        (1.0, None),
    ],
)
def test_flag(value, found):
    assert flag(value) is found


@pytest.mark.parametrize(
    ("value", "found"),
    [(" a ", "a"), ("abcdef", "abcde"), ("\0", None), (12, "12"), (10**400, None), (True, None), (1.5, None)],
)
def test_text(value, found):
    assert text(5)(value) == found


@pytest.mark.parametrize(
    "value", ["javascript:x", "https://", "https://a b", "//a", "data:x", 7, None, "http://<x>"]
)
def test_no_web_url(value):
    assert web_url(value) is None


def test_web_url():
    assert web_url(" https://x.example/a?b=c#é\n") == "https://x.example/a?b=c#é"


def test_lists_are_capped():
    assert len(web_urls(["https://x.example/1"] * 500)) == 200
    assert len(names(["pool"] * 500)) == 200
    assert names(["x" * 500]) == ("x" * 64,)
    assert web_urls("https://x.example/1") is None
    assert names(7) is None
