"""Batches by measured bytes: none too large, nothing lost, no more read than is needed."""

import json
from itertools import count, pairwise

import pytest

from estates.remotes.seeki_batches import MOST_BYTES, MOST_ITEMS, Oversized, batches, body_of


def items(*sizes):
    return [(number, b"x" * size) for number, size in enumerate(sizes)]


def keys(found):
    return [[key for key, _ in batch] if isinstance(batch, list) else batch for batch in found]


def test_a_body_holds_each_listing_byte_for_byte():
    listings = [b'{"a": 1}', '{"b":"é"}'.encode()]
    assert body_of(listings) == '{"listings":[{"a": 1},{"b":"é"}]}'.encode()
    assert json.loads(body_of(listings)) == {"listings": [{"a": 1}, {"b": "é"}]}
    assert json.loads(body_of([])) == {"listings": []}


def test_the_limits_stay_below_those_of_the_guide():
    assert MOST_ITEMS < 5_000
    assert MOST_BYTES <= 24_000_000


def test_nothing_gives_nothing():
    assert list(batches([])) == []


@pytest.mark.parametrize("most", [30, 31, 40, 57, 100, 1000])
def test_no_body_is_longer_than_allowed_and_nothing_is_lost_or_moved(most):
    given = items(*(size % 15 for size in range(60)))
    found = list(batches(given, most_bytes=most))
    assert [item for batch in found for item in batch] == given
    assert all(len(body_of([listing for _, listing in batch])) <= most for batch in found)


@pytest.mark.parametrize("most", [30, 40, 100])
def test_no_batch_leaves_room_for_the_next_ones_first(most):
    found = list(batches(items(*[7] * 40), most_bytes=most))
    for batch, following in pairwise(found):
        assert len(body_of([listing for _, listing in [*batch, following[0]]])) > most


def test_as_many_items_as_allowed():
    assert keys(batches(items(1, 1, 1, 1, 1), most_items=2)) == [[0, 1], [2, 3], [4]]
    sizes = [len(batch) for batch in batches(items(*[10] * 12_000))]
    assert sizes == [4_999, 4_999, 2_002]


def test_what_fits_in_no_request_comes_apart_and_stops_nobody():
    found = keys(batches(items(1, 500, 1), most_bytes=100))
    assert found == [Oversized(1, 515), [0, 2]]
    assert keys(batches(items(85, 86), most_bytes=100)) == [Oversized(1, 101), [0]]
    assert keys(batches(items(200), most_bytes=100)) == [Oversized(0, 215)]


def test_items_are_read_as_they_are_needed():
    read = []

    def endless():
        for number in count():
            read.append(number)
            yield number, b"{}"

    found = batches(endless(), most_items=3)
    assert keys([next(found)]) == [[0, 1, 2]]
    assert read == [0, 1, 2, 3]
    assert keys([next(found)]) == [[3, 4, 5]]
