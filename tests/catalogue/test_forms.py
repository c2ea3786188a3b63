from decimal import Decimal

import pytest
from django.http import QueryDict

from estates.catalogue.forms import FILTERS, SearchForm
from estates.catalogue.paging import Order

SEVENTEEN = {
    "query", "type", "sub_type", "offer_type", "status", "min_price", "max_price", "min_surface",
    "max_surface", "bedrooms", "bathrooms", "city", "postal_code", "country", "region", "featured",
    "is_project",
}  # fmt: skip


def parsed(query):
    form = SearchForm(QueryDict(query))
    return form, form.search()


def test_the_filters_are_those_of_ts_immo():
    assert set(FILTERS) == SEVENTEEN
    assert SearchForm.base_fields.keys() >= SEVENTEEN


def test_nothing_asked_is_no_filter_and_newest_first():
    form, search = parsed("")
    assert (search.filters, search.order, search.gone) == ({}, Order("created_at", True), False)
    assert form.shown_as == "cards"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("min_price=250 000", {"min_price": Decimal(250_000)}),
        ("min_price=250%C2%A0000,50", {"min_price": Decimal("250000.50")}),
        ("max_surface=84,5", {"max_surface": Decimal("84.5")}),
        ("bedrooms=0", {"bedrooms": 0}),
        ("featured=true&is_project=false", {"featured": True, "is_project": False}),
        ("query=  lyon  ", {"query": "lyon"}),
        ("type=never+seen", {"type": "never seen"}),
    ],
)
def test_what_people_type_is_understood(query, expected):
    form, search = parsed(query)
    assert search.filters == expected
    assert not form.errors


@pytest.mark.parametrize(
    "bad",
    [
        "min_price=x", "min_price=-1", "min_price=1e400", "min_price=NaN", "max_price=Infinity",
        "bedrooms=1.5", "bedrooms=99999999999999999999", "bathrooms=-1", "featured=perhaps", "query=a%00b",
        "type=a%00b", "city=" + "x" * 121, "orderby=password", "order=sideways", "view=hologram",
        "min_price=" + "9" * 5000,
    ],
)  # fmt: skip
def test_a_bad_value_has_an_error_at_its_field_and_the_others_filter(bad):
    form, search = parsed(f"{bad}&postal_code=69002")
    assert list(form.errors) == [bad.split("=")[0]]
    assert search.filters == {"postal_code": "69002"}
    assert search.order == Order()


def test_a_range_the_wrong_way_round_loses_its_end():
    form, search = parsed("min_price=5&max_price=4")
    assert search.filters == {"min_price": 5}
    assert "max_price" in form.errors


@pytest.mark.parametrize(
    ("query", "order"),
    [
        ("orderby=price", Order("price", False)),
        ("orderby=price&order=DESC", Order("price", True)),
        ("orderby=updated_at", Order("updated_at", True)),
        ("order=ASC", Order("created_at", False)),
    ],
)
def test_orders_have_a_usual_direction(query, order):
    assert parsed(query)[1].order == order
