"""What the rules can be made of: the words that the agency's estates use, and how many estates use each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Max

from accounts.models import Agency
from estates.catalogue.words import normalise
from estates.syndication.models import Listing, Plan
from estates.syndication.rules.filters import COLUMNS, Rules, candidates, chosen

MOST_CITIES = 24
"""Towns that are offered; others can be typed."""


class Choice(NamedTuple):
    """A word, how many estates carry it in whatever spelling, and whether it is ticked."""

    value: str
    number: int
    ticked: bool


class Leaving(NamedTuple):
    """What rules would let lapse: how many of it are online, and until when the last of those."""

    online: int
    last: datetime | None


def choices_of(agency: Agency, ticked: Rules) -> dict[str, list[Choice]]:
    """For each filter of words the choices, those of most estates first; what is ticked is always among them."""
    return {
        name: offered(
            _numbers(agency, column), getattr(ticked, name), most=MOST_CITIES if name == "cities" else None
        )
        for name, column in COLUMNS.items()
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


def leaving(plan: Plan | None, agency: Agency, rules: Rules, now: datetime) -> Leaving:
    """Of what is online through the plan's estates, as far as the rules would let it lapse."""
    if plan is None:
        return Leaving(0, None)
    rows = Listing.objects.for_agency(agency).filter(
        plan=plan, wanted=True, estate__isnull=False, live_until__gt=now
    )
    kept = chosen(agency, rules).values("remote_id")
    found = (
        rows.exclude(hand=Listing.Hand.ALWAYS)
        .exclude(external_id__in=kept)
        .aggregate(online=Count("pk"), last=Max("live_until"))
    )
    return Leaving(found["online"], found["last"])


def _numbers(agency: Agency, column: str) -> list[tuple[str, int]]:
    rows = candidates(agency).exclude(**{column: ""}).order_by().values_list(column)
    return [(value, number) for value, number in rows.annotate(number=Count("pk"))]
