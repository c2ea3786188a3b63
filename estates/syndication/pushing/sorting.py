"""Which listing of a request each line of Seeki's answer is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from estates.remotes.seeki import ImportAnswer, Rejected
from estates.syndication.pushing.loads import Item


@dataclass(frozen=True)
class Sorted:
    """By listing (its row's id): the ids of the imports that were taken up, and what was rejected. `unnamed` are
    those in neither list, `strangers` how many lines are about nothing that was sent.
    """

    accepted: dict[int, str]
    rejected: dict[int, Rejected]
    unnamed: list[int]
    strangers: int


def sort(items: Sequence[Item], answer: ImportAnswer) -> Sorted:
    """Sorts what was answered to a request with these items, in its order.

    What is both accepted and rejected counts as accepted: its import has an id, by which Seeki tells how it went,
    and a rejection has none. Of two lines in one list the last counts. An import without an id cannot be asked
    about: it counts as not named.
    """
    by_number = {item.external_id: item.pk for item in items}
    accepted: dict[int, str] = {}
    rejected: dict[int, Rejected] = {}
    strangers = 0
    for taken in answer.accepted:
        pk = by_number.get(taken.external_id)
        if pk is None:
            strangers += 1
        elif taken.import_item_id:
            accepted[pk] = taken.import_item_id
    for line in answer.rejected:
        pk = by_number.get(line.external_id) if line.external_id else _at(items, line.position)
        if pk is None:
            strangers += 1
        elif pk not in accepted:
            rejected[pk] = line
    unnamed = [item.pk for item in items if item.pk not in accepted and item.pk not in rejected]
    return Sorted(accepted, rejected, unnamed, strangers)


def _at(items: Sequence[Item], position: int | None) -> int | None:
    """A line without a number names its place in the request, from 0."""
    return items[position].pk if position is not None and 0 <= position < len(items) else None
