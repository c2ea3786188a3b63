"""What one agency's page signed or cached is worth nothing in another's."""

from urllib.parse import parse_qs

import pytest
from django.core.cache import cache

from estates.catalogue.facets import facets_of
from estates.catalogue.paging import NEWEST, Mark, Order, write_mark
from estates.catalogue.search import Search, find


def test_a_cursor_of_another_agency_is_a_place_and_nothing_more(agency, other_agency, add_estate, browser):
    ours = [add_estate(agency, title=f"Ours {n}") for n in range(3)]
    theirs = [add_estate(other_agency, title=f"Theirs {n}") for n in range(60)]
    cursor = find(other_agency, Search(), size=1).page.after
    assert cursor
    found = find(agency, Search(), cursor)
    assert {estate.agency_id for estate in found.estates} <= {agency.pk}
    for back in (True, False):
        for estate in (*ours, *theirs):
            mark = write_mark(NEWEST, Mark(back, estate.created_at.isoformat(), estate.pk))
            page = browser(agency).get("/agencies/martin/estates/", {"cursor": mark}).content.decode()
            assert "Theirs" not in page


def test_a_cursor_says_no_more_than_what_was_on_its_page(agency, add_estate):
    for price in (1, 2, 3):
        add_estate(agency, price=price, title="a secret title")
    cursor = find(agency, Search(order=Order("price", False)), size=1).page.after
    assert "secret" not in cursor
    assert parse_qs(f"cursor={cursor}")["cursor"] == [cursor]


@pytest.mark.parametrize(
    "broken", [lambda c: c[:-1], lambda c: "x" + c, lambda c: c.replace(":", ""), lambda c: c * 2]
)
def test_a_damaged_cursor_is_the_first_page(agency, add_estate, broken):
    for _ in range(3):
        add_estate(agency)
    first = find(agency, Search(), size=1)
    assert find(agency, Search(), broken(first.page.after), size=1).estates == first.estates


def test_the_words_of_one_agency_are_not_cached_for_another(agency, other_agency, add_estate):
    add_estate(agency, city="Lyon")
    add_estate(other_agency, city="Nice")
    cache.clear()
    assert facets_of(other_agency)["city"] == ["Nice"]
    assert facets_of(agency)["city"] == ["Lyon"]
    assert facets_of(other_agency)["city"] == ["Nice"]
