from decimal import Decimal

import pytest

from estates.catalogue.paging import Order
from estates.catalogue.search import Search, find


@pytest.fixture
def stock(agency, other_agency, add_estate):
    add_estate(
        agency, title="Villa", type="house", sub_type="villa", offer_type="sale", status="available",
        price=900_000, surface=210, bedrooms=5, bathrooms=3, city="Écully", postal_code="69130",
        region="Auvergne-Rhône-Alpes", country="FR", featured=True,
    )  # fmt: skip
    add_estate(
        agency, title="Flat", type="apartment", offer_type="rental", status="rented", price=1_200, surface=48,
        bedrooms=1, bathrooms=1, city="Lyon", postal_code="69002", country="FR", is_project=True,
    )  # fmt: skip
    add_estate(agency, title="Barge", type="péniche", city="Genève", postal_code="1204", country="CH")
    add_estate(
        agency, title="Gone", type="house", gone_at="2026-05-01T00:00Z", city="Lyon", postal_code="69002"
    )
    add_estate(other_agency, title="Theirs", type="house", city="Lyon", postal_code="69002", price=900_000)
    return agency


def titles(agency, order=None, gone=False, **filters):
    search = Search(filters, order or Order(), gone)
    return [estate.title for estate in find(agency, search).estates]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["Barge", "Flat", "Villa"]),
        ({"query": "ecully"}, ["Villa"]),
        ({"query": "MART-0002"}, ["Flat"]),
        ({"query": "zzz"}, []),
        ({"type": "house"}, ["Villa"]),
        ({"type": "House"}, ["Villa"]),
        ({"type": "peniche"}, ["Barge"]),
        ({"sub_type": "villa"}, ["Villa"]),
        ({"offer_type": "rental"}, ["Flat"]),
        ({"status": "available"}, ["Villa"]),
        ({"min_price": Decimal(1_200)}, ["Flat", "Villa"]),
        ({"max_price": Decimal("1200.00")}, ["Flat"]),
        ({"min_surface": 48}, ["Flat", "Villa"]),
        ({"max_surface": Decimal("47.9")}, []),
        ({"bedrooms": 1}, ["Flat", "Villa"]),
        ({"bedrooms": 2}, ["Villa"]),
        ({"bathrooms": 3}, ["Villa"]),
        ({"city": "ECULLY"}, ["Villa"]),
        ({"city": "Paris"}, []),
        ({"postal_code": "69002"}, ["Flat"]),
        ({"postal_code": "69"}, ["Flat", "Villa"]),
        ({"country": "ch"}, ["Barge"]),
        ({"region": "auvergne rhone alpes"}, ["Villa"]),
        ({"featured": True}, ["Villa"]),
        ({"featured": False}, ["Barge", "Flat"]),
        ({"is_project": True}, ["Flat"]),
        ({"query": "lyon", "type": "apartment", "max_price": 2_000}, ["Flat"]),
        ({"query": "lyon", "type": "house"}, []),
    ],
)
def test_each_filter_lets_the_right_estates_of_the_agency_through(stock, filters, expected):
    assert titles(stock, **filters) == expected


def test_estates_that_are_gone_are_listed_only_on_demand(stock):
    assert titles(stock, gone=True) == ["Gone"]
    assert titles(stock, gone=True, city="lyon") == ["Gone"]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (Order("price", False), ["Flat", "Villa", "Barge"]),
        (Order("price", True), ["Villa", "Flat", "Barge"]),
        (Order("surface", True), ["Villa", "Flat", "Barge"]),
        (Order("city", False), ["Barge", "Flat", "Villa"]),
        (Order("created_at", False), ["Villa", "Flat", "Barge"]),
    ],
)
def test_what_lacks_the_value_comes_last_in_every_direction(stock, order, expected):
    assert titles(stock, order) == expected


def test_the_count_is_exact_up_to_a_thousand_and_honest_beyond(agency, add_estate, monkeypatch):
    monkeypatch.setattr("estates.catalogue.search.COUNTED", 3)
    for _ in range(3):
        add_estate(agency)
    assert find(agency, Search()).total == (3, False)
    add_estate(agency)
    assert find(agency, Search(), size=2).total == (3, True)


def test_a_search_takes_few_queries_however_many_estates_there_are(
    agency, add_estate, django_assert_max_num_queries
):
    for _ in range(30):
        add_estate(agency, city="Lyon")
    find(agency, Search({"city": "Lyon"}))
    with django_assert_max_num_queries(5):
        assert len(find(agency, Search({"city": "Lyon"})).estates) == 30
