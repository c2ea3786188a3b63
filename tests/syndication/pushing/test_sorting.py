"""Which listing a line of Seeki's answer is about."""

import pytest

from estates.remotes.seeki import Accepted, ImportAnswer, Rejected
from estates.syndication.pushing.loads import Item
from estates.syndication.pushing.sorting import sort

ITEMS = [Item(pk, f"e{pk}", b"{}") for pk in (11, 12, 13)]


def answer(accepted=(), rejected=(), unreadable=0) -> ImportAnswer:
    return ImportAnswer(
        tuple(Accepted(number, item) for number, item in accepted),
        tuple(rejected),
        unreadable,
        "",
        b"",
    )


def no(number=None, position=None, code="VALIDATION_FAILED", message="no") -> Rejected:
    return Rejected(number, position, code, message, "")


def test_every_listing_is_accepted_rejected_or_not_named():
    told = sort(ITEMS, answer([("e11", "i1")], [no("e12")]))
    assert told.accepted == {11: "i1"}
    assert told.rejected == {12: no("e12")}
    assert told.unnamed == [13]
    assert told.strangers == 0


def test_a_rejection_without_a_number_names_its_place():
    told = sort(ITEMS, answer(rejected=[no(position=2)]))
    assert list(told.rejected) == [13]


@pytest.mark.parametrize("position", [None, 3, -1])
def test_a_rejection_that_names_nothing_is_a_stranger(position):
    told = sort(ITEMS, answer(rejected=[no(position=position)]))
    assert (told.rejected, told.strangers, len(told.unnamed)) == ({}, 1, 3)


def test_numbers_that_were_not_sent_are_ignored_and_counted():
    told = sort(ITEMS, answer([("e99", "i1"), ("e11", "i2")], [no("e98")]))
    assert (told.accepted, told.rejected, told.strangers) == ({11: "i2"}, {}, 2)


def test_what_is_accepted_and_rejected_counts_as_accepted():
    told = sort(ITEMS, answer([("e11", "i1")], [no("e11")]))
    assert (told.accepted, told.rejected) == ({11: "i1"}, {})
    assert told.unnamed == [12, 13]


def test_of_two_lines_about_one_listing_the_last_counts():
    told = sort(ITEMS, answer([("e11", "i1"), ("e11", "i2")], [no("e12", code="A"), no("e12", code="B")]))
    assert told.accepted == {11: "i2"}
    assert told.rejected[12].code == "B"


def test_an_empty_answer_names_nobody():
    assert sort(ITEMS, answer()).unnamed == [11, 12, 13]


def test_thousands_are_sorted_in_no_time():
    many = [Item(pk, f"e{pk}", b"") for pk in range(5_000)]
    told = sort(many, answer([(item.external_id, f"i{item.pk}") for item in many]))
    assert len(told.accepted) == 5_000
    assert told.unnamed == []
