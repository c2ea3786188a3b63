"""What the rules can be made of: the words that the agency's estates use, and how many estates use each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Count, QuerySet

from accounts.models import Agency
from estates.catalogue.facets import until_next_sync
from estates.catalogue.models import Estate
from estates.catalogue.words import normalise
from estates.syndication.rules.filters import COLUMNS, Rules, copies, present

MOST_CITIES = 24
"""Towns that are offered; others can be typed."""


class Choice(NamedTuple):
    """A word, how many estates carry it in whatever spelling, and whether it is ticked."""

    value: str
    number: int
    ticked: bool


def choices_of(agency: Agency, ticked: Rules) -> dict[str, list[Choice]]:
    """For each filter of words the choices, those of most estates first; what is ticked is always among them."""
    found = until_next_sync(agency, "syndication:words", lambda: _numbers(agency))
    return {
        name: offered(
            ((value, number) for value, number in numbers.items() if value),
            getattr(ticked, name),
            most=MOST_CITIES if name == "cities" else None,
        )
        for name, numbers in found.items()
    }


def _numbers(agency: Agency) -> dict[str, Counter[str]]:
    """Of how many candidates each word is. The few that are left out are counted apart, and taken off again."""
    by_connection, listed = _counted(present(agency))
    if len(by_connection) > 1:
        largest = max(by_connection, key=by_connection.__getitem__)
        _copies, twice = _counted(copies(agency, largest))
        for name in listed:
            listed[name] -= twice[name]
    return listed


def _counted(estates: QuerySet[Estate]) -> tuple[Counter[int], dict[str, Counter[str]]]:
    by_connection, words = Counter[int](), {name: Counter[str]() for name in COLUMNS}
    rows = estates.order_by().values_list(*COLUMNS.values(), "connection")
    for *values, connection, number in rows.annotate(number=Count("pk")):
        by_connection[connection] += number
        for name, value in zip(COLUMNS, values, strict=True):
            words[name][value] += number
    return by_connection, words


def offered(numbers: Iterable[tuple[str, int]], ticked: Iterable[str], most: int | None) -> list[Choice]:
    """Spellings that the search takes for one are one choice, named as most estates spell it."""
    spelt: dict[str, Counter[str]] = {}
    for value, number in numbers:
        spelt.setdefault(normalise(value), Counter())[value] += number
    marks = {normalise(value): value for value in ticked}
    ranked = sorted(spelt, key=lambda word: (-spelt[word].total(), word))
    shown = [word for at, word in enumerate(ranked) if most is None or at < most or word in marks]
    found = [Choice(_name(spelt[word]), spelt[word].total(), word in marks) for word in shown]
    return found + [Choice(value, 0, True) for word, value in marks.items() if word not in spelt]


def _name(spellings: Counter[str]) -> str:
    """The most usual spelling; of two equally usual ones not the one in capitals."""
    return max(spellings, key=lambda value: (spellings[value], not value.isupper(), value))
