"""Something that waits for a person, and how all such things are asked for together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import F, IntegerField, QuerySet, Value
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.functional import Promise

from accounts.models import Agency
from accounts.roles import Role
from estates.leads.inbox.office import Clock
from estates.leads.models import Retention

MOST = 20
"""How many needs of one kind are listed."""
Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Need:
    """What it is about, a sentence, the remote's words, and where to mend it.

    `subject` is that of the jobs whose failure it tells already. Who has less than `least_role` may not go
    where it is mended, and is not told.
    """

    about: str
    sentence: str | Promise
    words: str
    url: str
    subject: str = ""
    least_role: Role = Role.VIEWER


class Asked(NamedTuple):
    """For whom needs are gathered, and what has to be known beforehand."""

    agency: Agency
    clock: Clock
    retention: Retention

    @property
    def now(self) -> datetime:
        return self.clock.now


@dataclass(frozen=True)
class Kind:
    """Needs of one kind: the rows that ask for a person, and what is told of each, if anything.

    `facts` are columns or expressions of a row, by the names under which `tell` gets them as plain values: moments
    are texts, which `moment` reads. Without `order` rows come by their `pk`. `is_behind`: rows whose `subject`
    another need tells already are passed over.
    """

    rows: QuerySet[Any]
    facts: Mapping[str, Any]
    tell: Callable[[Facts], Need | None]
    order: Callable[[Facts], Any] = itemgetter("pk")
    is_behind: bool = False

    def asked(self, number: int) -> QuerySet[Any, Any]:
        """Its rows as a part of the one query that gathers all kinds."""
        facts = {name: F(value) if isinstance(value, str) else value for name, value in self.facts.items()}
        numbered = Value(number, output_field=IntegerField())
        return self.rows.order_by().values_list(numbered, JSONObject(**facts))

    def needs(self, found: list[Facts], told: Collection[str]) -> list[Need]:
        rows = [facts for facts in found if not (self.is_behind and facts["subject"] in told)]
        needs = (self.tell(facts) for facts in sorted(rows, key=self.order))
        return [need for need in needs if need][:MOST]


def together(kinds: Sequence[Kind]) -> list[Need]:
    """The needs of all these kinds, in their order, in one query."""
    first, *others = [kind.asked(number) for number, kind in enumerate(kinds)]
    found: dict[int, list[Facts]] = defaultdict(list)
    for number, facts in first.union(*others, all=True) if others else first:
        found[number].append(facts)
    needs: list[Need] = []
    for number, kind in enumerate(kinds):
        needs += kind.needs(found[number], {need.subject for need in needs if need.subject})
    return needs


def first_of(rows: QuerySet[Any], *order: str, most: int = MOST) -> QuerySet[Any]:
    """The first rows of an order. Parts of the one query may not have an order or an end of their own."""
    return rows.filter(pk__in=rows.order_by(*order).values("pk")[:most])


def moment(text: str) -> datetime:
    """A moment out of a row's facts, as either database writes it."""
    found = datetime.fromisoformat(text)
    return found if timezone.is_aware(found) else found.replace(tzinfo=UTC)


def newest_first(facts: Facts) -> int:
    return -int(facts["pk"])
