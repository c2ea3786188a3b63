"""What the rules can be made of: the words that the agency's estates use, and how many estates use each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Count, QuerySet

from estates.catalogue.models import Estate
from estates.catalogue.words import normalise
from estates.syndication.rules.filters import COLUMNS, Rules

MOST_CITIES = 24
"""Towns that are offered; others can be typed."""


class Choice(NamedTuple):
    """A word, how many estates carry it in whatever spelling, and whether it is ticked."""

    value: str
    number: int
    ticked: bool


def choices_of(listed: QuerySet[Estate], ticked: Rules) -> dict[str, list[Choice]]:
    """For each filter of words the choices, those of most estates first; what is ticked is always among them."""
    found: dict[str, Counter[str]] = {name: Counter() for name in COLUMNS}
    words = listed.order_by().values_list(*COLUMNS.values())
    for *values, number in words.annotate(number=Count("pk")):
        for name, value in zip(COLUMNS, values, strict=True):
            found[name][value] += number
    return {
        name: offered(
            ((value, number) for value, number in numbers.items() if value),
            getattr(ticked, name),
            most=MOST_CITIES if name == "cities" else None,
        )
        for name, numbers in found.items()
    }


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
