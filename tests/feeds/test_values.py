from datetime import date
from decimal import Decimal

import pytest

from estates.feeds import values
from estates.feeds.countries import ALPHA_2, ALPHA_3
from estates.feeds.names import LOCAL, MOST_KEPT, local


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("84.5", "84.5"),
        ("84,5", "84.5"),
        ("1.250,00", "1250.00"),
        ("1,250.00", "1250.00"),
        ("1.250.000", "1250000"),
        ("1,250,000", "1250000"),
        ("1 250,00 €", "1250.00"),
        ("1'250.50", "1250.50"),
        (" 320000 EUR ", "320000"),
        ("84 m²", "84"),
        ("-1", "-1"),
        ("0", "0"),
        ("1.250", "1.250"),
    ],
)
def test_numbers_as_they_are_written_in_the_wild(said, meant):
    assert values.number(said) == Decimal(meant)


@pytest.mark.parametrize(
    "said", ["", " ", "auf Anfrage", "NaN", "Infinity", "1e9", "1..2", "٣", "9" * 40, "1,2,3", "-"]
)
def test_what_is_no_number(said):
    assert values.number(said) is None


@pytest.mark.parametrize(
    "said",
    [
        "2015-08-01",
        "01.08.2015",
        "1.8.2015",
        "01/08/2015",
        "2015-08-01T10:11:12.1234567+02:00",
        "2015-08-01 10:11",
        " 2015-08-01\n",
    ],
)
def test_dates(said):
    assert values.day(said) == date(2015, 8, 1)


@pytest.mark.parametrize("said", ["", "2015-13-01", "31.02.2015", "gestern", "20150801", "2015-08-0١"])
def test_what_is_no_date(said):
    assert values.day(said) is None


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        *((yes, True) for yes in ("true", "1", "TRUE", "ja", "Ja", " true ")),
        *((no, False) for no in ("false", "0", "", "nein", None)),
    ],
)
def test_yes_or_no(said, meant):
    assert values.yes(said) is meant


def test_every_country_has_both_codes():
    assert len(ALPHA_2) == len(ALPHA_3) == 249
    assert (ALPHA_2["DEU"], ALPHA_2["FRA"], ALPHA_2["ESP"], ALPHA_2["PRT"]) == ("DE", "FR", "ES", "PT")
    assert (ALPHA_2["CHE"], ALPHA_2["AUT"], ALPHA_2["GBR"], ALPHA_3["US"]) == ("CH", "AT", "GB", "USA")
    assert all(
        len(three) == 3 and len(two) == 2 and (three + two).isupper() for three, two in ALPHA_2.items()
    )


def test_local_names():
    assert {local(name) for name in ("ort", "oi:ort", "{http://www.openimmo.de}ort")} == {"ort"}


def test_hostile_names_fill_no_memory():
    for number in range(MOST_KEPT + 100):
        assert LOCAL[f"{{n}}name-{number}"] == f"name-{number}"
    assert len(LOCAL) == MOST_KEPT
    LOCAL.clear()
