"""The words that rules can be made of, and the forms that carry them."""

from collections import Counter
from decimal import Decimal

import pytest
from django.http import QueryDict
from django.utils import timezone

from estates.catalogue.models import SyncRun
from estates.syndication.forms import FilterForm, RulesForm
from estates.syndication.pages.choices import MOST_CITIES, Choice, choices_of, offered
from estates.syndication.rules.filters import Rules, candidates
from tests.syndication.screens.making import connection_of, estate_of


def test_spellings_are_one_choice():
    numbers = [("Écully", 2), ("ECULLY", 1), ("Lyon", 7)]
    assert offered(numbers, ["ecully"], None) == [Choice("Lyon", 7, False), Choice("Écully", 3, True)]


def test_only_so_many_are_offered_but_all_that_are_ticked():
    numbers = [(f"Town {number:02}", 100 - number) for number in range(40)]
    found = offered(numbers, ["Town 39"], most=3)
    assert [choice.value for choice in found] == ["Town 00", "Town 01", "Town 02", "Town 39"]
    assert found[-1].ticked


def test_what_nobody_has_any_more_stays_until_it_is_taken_away():
    assert offered([("Lyon", 1)], ["Nice"], 5) == [Choice("Lyon", 1, False), Choice("Nice", 0, True)]


def test_the_choices_of_an_agency(agency, other_agency):
    for number in range(MOST_CITIES + 5):
        estate_of(agency, city=f"Town {number}", status="available", type="")
    estate_of(other_agency, city="Elsewhere", status="sold")
    found = choices_of(agency, Rules())
    assert set(found) == {"statuses", "types", "offers", "cities"}
    assert found["statuses"] == [Choice("available", MOST_CITIES + 5, False)]
    assert found["types"] == []
    assert len(found["cities"]) == MOST_CITIES


def test_an_estate_of_two_accounts_is_counted_once(agency):
    for account, cities in (("Lyon", "AABC"), ("Nice", "AD"), ("Pau", "ABB")):
        for number, city in enumerate(cities):
            estate_of(
                agency, connection=connection_of(agency, label=account), remote_id=f"r{number}", city=city
            )
    found = choices_of(agency, Rules())["cities"]
    counted = Counter(candidates(agency).values_list("city", flat=True))
    assert {choice.value: choice.number for choice in found} == counted == Counter("AABC")


def test_what_is_counted_is_kept_until_the_next_sync_ends(agency):
    def number() -> int:
        return choices_of(agency, Rules())["cities"][0].number

    estate = estate_of(agency, city="Lyon")
    assert number() == 1
    estate_of(agency, city="Lyon")
    assert number() == 1
    SyncRun.objects.create(agency=agency, connection=estate.connection, finished_at=timezone.now())
    assert number() == 2


def bound(query) -> RulesForm:
    return RulesForm(QueryDict(query))


def test_a_form_is_rules():
    words = "statuses=a&statuses=a&types=b&cities=Lyon&other_cities=Nice,+Lyon"
    form = bound(f"version=2&{words}&min_price=1+000,5&featured=on")
    assert form.is_valid(), form.errors
    assert form.rules == Rules(
        statuses=("a",), types=("b",), cities=("Lyon", "Nice"), min_price=Decimal("1000.5"), featured=True
    )


def test_what_is_not_valid_is_left_out_of_the_rules():
    form = bound("version=x&statuses=a&max_price=dear")
    assert not form.is_valid()
    assert form.rules == Rules(statuses=("a",))


def test_words_are_bounded_and_tidy():
    towns = "".join(f"&cities={number}" for number in range(400))
    form = bound(f"version=0&types={'x' * 500}&types=%00%0a&types=a%20%20b{towns}")
    assert form.is_valid()
    assert [len(word) for word in form.rules.types] == [120, 3]
    assert len(form.rules.cities) == 300


def test_limits_that_no_estate_meets():
    form = bound("version=0&min_price=9&max_price=8")
    assert list(form.errors) == ["max_price"]
    assert form.rules == Rules(min_price=Decimal(9))
    assert bound("version=0&min_price=8&max_price=8").is_valid()


@pytest.mark.parametrize(
    ("query", "tab", "shown"),
    [
        ("", "", {}),
        ("standing=held&verdict=ready&query=villa", "held", {"query": "villa", "verdict": "Ready"}),
        ("standing=soon", "soon", {}),
        ("standing=nonsense&verdict=nonsense", "", {}),
    ],
)
def test_filters(query, tab, shown):
    form = FilterForm(QueryDict(query))
    form.full_clean()
    assert form.tab == tab
    assert form.shown == shown


def test_a_tie_is_not_named_in_capitals():
    for numbers in ([("ECULLY", 1), ("Écully", 1)], [("Écully", 1), ("ECULLY", 1)]):
        assert offered(numbers, [], None) == [Choice("Écully", 2, False)]
