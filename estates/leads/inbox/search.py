"""Which leads a list shows: its tab, its filters, its order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from accounts.models import Agency
from estates.catalogue.matching import Matches, Searched, matching, words_of
from estates.catalogue.paging import Order, Page, page_of
from estates.catalogue.search import Total, total_of, totals_of
from estates.leads.contacts import read_phone
from estates.leads.models import Lead, State

LEADS = Searched(Lead, "happened_at", "leads_words")
NEWEST, OLDEST = Order("happened_at", True), Order("happened_at", False)
OPEN = (State.NEW, State.CONTACTED, State.VISIT)
"""States in which something is still to be done."""
TABS: dict[str, Q] = {
    "answer": Q(state=State.NEW),
    "mine": Q(state__in=OPEN),
    "unassigned": Q(state__in=OPEN, assignee=None),
    "all": Q(),
    **{state.value: Q(state=state) for state in State if state != State.NEW},
}
"""The lists that one looks at most, by their name in the URL; "mine" is the asking person's as well."""
EXACT = ("source", "portal", "category", "estate")
NOBODY = "none"
_PHONE = re.compile(r"\+?[0-9][0-9 .()/\u00a0\u202f-]{7,}[0-9]")
_HEAVY = (
    "message", "search_text", "phones", "estate__search_text", "estate__digest", "estate__connection",
)  # fmt: skip


@dataclass(frozen=True)
class Search:
    """What is looked for. `filters` has only values that are set, by the names of the URL's parameters.

    `user` is who asks, as a key: "mine" and "me" mean that person. `since` and `until` (excluded) are moments.
    """

    tab: str = "answer"
    filters: Mapping[str, Any] = field(default_factory=dict)
    order: Order = OLDEST
    user: int = 0

    @property
    def condition(self) -> Q:
        """All but the words."""
        found = Q(erased_at__isnull="erased" not in self.filters) & TABS[self.tab]
        if self.tab == "mine":
            found &= Q(assignee=self.user)
        for name in EXACT:
            if name in self.filters:
                found &= Q((name, self.filters[name]))
        assignee = self.filters.get("assignee")
        if assignee:
            found &= Q(assignee=None) if assignee == NOBODY else Q(assignee=assignee)
        if "since" in self.filters:
            found &= Q(happened_at__gte=self.filters["since"])
        if "until" in self.filters:
            found &= Q(happened_at__lt=self.filters["until"])
        return found

    @property
    def words(self) -> list[str]:
        return words_of(dialled(self.filters.get("query", "")))


class Found(NamedTuple):
    """A page of leads in their order, the cursors around it, and how many there are in all."""

    leads: list[Lead]
    page: Page
    total: Total


def find(agency: Agency, search: Search, cursor: str = "", size: int = 50) -> Found:
    """One page of the agency's leads; a damaged cursor gives the first page."""
    matches = select(agency, search)
    page = page_of(matches.rows, search.order, cursor, size)
    return Found(load(agency, page.keys), page, total_of(matches))


def select(agency: Agency, search: Search) -> Matches:
    """The leads that a search means, without an order."""
    return matching(agency, search.condition, search.words, LEADS)


def count(agency: Agency, searches: Iterable[Search]) -> list[Total]:
    """How many leads each search means that looks for no words."""
    return totals_of(
        agency, [Lead.objects.for_agency(agency).filter(search.condition) for search in searches]
    )


def overdue(agency: Agency, before: datetime) -> QuerySet[Lead]:
    """Leads that nobody has answered since before a moment."""
    waiting: QuerySet[Lead] = Lead.objects.for_agency(agency)
    return waiting.filter(state=State.NEW, erased_at=None, happened_at__lt=before)


def load(agency: Agency, keys: list[int]) -> list[Lead]:
    """The agency's leads of these keys, in their order, with all that a list shows."""
    rows: QuerySet[Lead] = Lead.objects.for_agency(agency).filter(pk__in=keys)
    found = {lead.pk: lead for lead in rows.select_related("assignee", "estate").defer(*_HEAVY)}
    return [found[key] for key in keys if key in found]


def dialled(text: str) -> str:
    """The text with phone numbers in the spelling under which leads keep them, however they were typed."""

    def digits(number: re.Match[str]) -> str:
        return read_phone(number[0]).e164.removeprefix("+") or number[0]

    return _PHONE.sub(digits, text)
