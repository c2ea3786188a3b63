"""Which estates go out: by the catalogue's filters, of one agency, in pieces; and when their document differs."""

import tracemalloc
from datetime import timedelta
from decimal import Decimal

import pytest
from django.http import QueryDict

from estates.catalogue.models import Estate, EstatePayload
from estates.syndication.outgoing import selection as selecting
from estates.syndication.outgoing.selection import (
    NEVER,
    BadQuery,
    count,
    filters_of,
    last_change,
    listings,
    listings_after,
    selection_of,
    snapshot,
)
from tests.syndication.outgoing.conftest import DAY


def found(agency, query=""):
    return [listing.external_id for listing in listings(selection_of(agency, query))]


def digest(agency, query="", *form):
    return snapshot(selection_of(agency, query), *form).digest


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", ["remote-1", "remote-2", "remote-3"]),
        ("city=lyon", ["remote-1"]),
        ("city=Nice&max_price=200000", ["remote-2"]),
        ("min_price=200 000", ["remote-1", "remote-3"]),
        ("query=terrasse", ["remote-1", "remote-2", "remote-3"]),
        ("query=MART-0002", ["remote-2"]),
        ("city=Paris", []),
        ("orderby=price&order=DESC&view=map&cursor=x&gone=on", ["remote-1", "remote-2", "remote-3"]),
        ("nonsense=1&%ff=%ff", ["remote-1", "remote-2", "remote-3"]),
    ],
)
def test_filters(agency, add_estate, query, numbers):
    add_estate(agency)
    add_estate(agency, city="Nice", price=Decimal(150_000))
    add_estate(agency, city="Nice", price=Decimal(900_000))
    add_estate(agency, gone_at=DAY)
    assert found(agency, query) == numbers
    assert (
        count(selection_of(agency, query)) == snapshot(selection_of(agency, query)).listings == len(numbers)
    )


def test_other_agencies_estates_are_never_in_it(agency, other_agency, add_estate):
    mine, theirs = add_estate(agency), add_estate(other_agency)
    assert found(agency) == [mine.remote_id]
    assert found(other_agency) == [theirs.remote_id]
    assert last_change(agency) == mine.changed_at


@pytest.mark.parametrize(
    "query",
    ["min_price=cheap", "bedrooms=-1", "min_price=5&max_price=1", "featured=maybe", "query=" + "x" * 201],
)
def test_a_filter_that_cannot_be_read_lets_nothing_through(agency, query):
    with pytest.raises(BadQuery):
        selection_of(agency, query)


def test_only_what_says_which_estates_is_kept():
    asked = QueryDict("city=Lyon&orderby=price&view=map&gone=on&cursor=abc&x=1&min_price=&type=house")
    assert filters_of(asked) == "type=house&city=Lyon"


def test_filters_that_do_not_fit_into_a_row_are_refused():
    long = QueryDict(mutable=True)
    long.update(dict.fromkeys(("city", "region", "country", "type"), "é" * 60))
    with pytest.raises(BadQuery):
        filters_of(long)


def test_they_are_read_in_pieces(agency, add_estate, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(selecting, "PIECE", 2)
    numbers = [add_estate(agency).remote_id for _ in range(5)]
    selection = selection_of(agency, "")
    with django_assert_num_queries(7):
        assert [each.external_id for each in listings(selection)] == numbers


def test_the_pieces_begin_behind_a_key(agency, add_estate):
    first, second, third = (add_estate(agency) for _ in range(3))
    selection = selection_of(agency, "")
    assert list(listings_after(selection, 0, 2)) == [first.pk, second.pk]
    assert list(listings_after(selection, second.pk, 2)) == [third.pk]
    assert listings_after(selection, third.pk, 2) == {}


@pytest.mark.parametrize("body", ["", "{", "[]", "7", "null"])
def test_a_payload_that_is_no_object(agency, add_estate, body):
    estate = add_estate(agency)
    EstatePayload.objects.filter(estate=estate).update(body=body)
    (listing,) = listings(selection_of(agency, ""))
    assert (listing.title, listing.description) == (estate.title, "")


def test_the_digest_is_the_same_while_nothing_changes(agency, add_estate):
    add_estate(agency)
    before = digest(agency)
    Estate.objects.for_agency(agency).update(
        missed=1, search_text="other words", public_url="https://x.example/"
    )
    assert digest(agency) == before


def test_the_digest_is_another_when_an_estate_changes(agency, add_estate):
    estate = add_estate(agency)
    add_estate(agency)
    seen = {digest(agency)}
    Estate.objects.for_agency(agency).filter(pk=estate.pk).update(digest=b"x" * 16)
    seen.add(digest(agency))
    Estate.objects.for_agency(agency).filter(pk=estate.pk).update(changed_at=DAY + timedelta(days=1))
    seen.add(digest(agency))
    Estate.objects.for_agency(agency).filter(pk=estate.pk).update(gone_at=DAY)
    seen.add(digest(agency))
    add_estate(agency)
    seen.add(digest(agency))
    agency.name = "Martin & Filles"
    seen.add(digest(agency))
    assert len(seen) == 6


def test_the_digest_is_of_the_form_too(agency, add_estate):
    add_estate(agency)
    forms = [(), ("openimmo", "utf-8"), ("openimmo", "windows-1252"), ("idealista", "utf-8")]
    assert len({digest(agency, "", *form) for form in forms}) == 4


def test_a_change_outside_of_the_selection_leaves_the_digest(agency, add_estate):
    add_estate(agency)
    before = digest(agency, "city=Lyon")
    add_estate(agency, city="Nice")
    assert digest(agency, "city=Lyon") == before


def test_nothing_has_never_changed(agency):
    assert snapshot(selection_of(agency, "")).listings == 0
    assert snapshot(selection_of(agency, "")).changed_at == last_change(agency) == NEVER


def test_an_estate_that_left_the_selection_counts_as_a_change(agency, add_estate):
    add_estate(agency)
    leaves = add_estate(agency)
    before = last_change(agency)
    later = before + timedelta(hours=3)
    Estate.objects.for_agency(agency).filter(pk=leaves.pk).update(gone_at=later, changed_at=later)
    assert last_change(agency) == later > before


def test_memory_does_not_grow_with_the_estates(agency, add_estate, monkeypatch):
    monkeypatch.setattr(selecting, "PIECE", 10)

    def peak(query):
        tracemalloc.start()
        number = sum(1 for _ in listings(selection_of(agency, query)))
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return number, top

    for city in ["Lyon"] * 20 + ["Nice"] * 200:
        add_estate(agency, {"description": "x" * 5000}, city=city)
    peak("city=Lyon")
    (few, small), (many, large) = peak("city=Lyon"), peak("city=Nice")
    assert (few, many) == (20, 200)
    assert large < 1.5 * small
