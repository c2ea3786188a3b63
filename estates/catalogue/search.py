"""The search: Ts-Immo's seventeen filters, on the local copy."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import IntegerField, Q, QuerySet, Subquery

from accounts.models import Agency
from estates.catalogue.facets import KINDS, PLACES, Facets, facets_of, spellings
from estates.catalogue.matching import Matches, matching, words_of
from estates.catalogue.models import Estate
from estates.catalogue.paging import NEWEST, Order, Page, page_of

COUNTED = 1000
LOOKUPS = {
    "min_price": "price__gte",
    "max_price": "price__lte",
    "min_surface": "surface__gte",
    "max_surface": "surface__lte",
    # ts-immo.txt does not say whether "Number of bedrooms" is exact. Who asks for three takes four.
    "bedrooms": "bedrooms__gte",
    "bathrooms": "bathrooms__gte",
    "featured": "featured",
    "is_project": "is_project",
}


@dataclass(frozen=True)
class Search:
    """What is looked for. `filters` has values by the names of Ts-Immo's parameters, only those that are set.

    `gone` lists the estates that the remote lists no more instead of those that it does.
    """

    filters: Mapping[str, Any] = field(default_factory=dict)
    order: Order = NEWEST
    gone: bool = False

    @property
    def shown(self) -> dict[str, Any]:
        """The filters in use, as the page shows them."""
        return dict(self.filters) | ({"gone": True} if self.gone else {})


class Total(NamedTuple):
    """How many estates match; where `more`, at least that many."""

    number: int
    more: bool = False


class Found(NamedTuple):
    """A page of estates in their order, the cursors around it, and how many there are in all."""

    estates: list[Estate]
    page: Page
    total: Total


def find(agency: Agency, search: Search, cursor: str = "", size: int = 48) -> Found:
    """One page of the agency's estates. Filters are parsed already; a damaged cursor gives the first page."""
    matches = select(agency, search)
    page = page_of(matches.rows, search.order, cursor, size)
    return Found(load(agency, page.keys), page, total_of(matches))


def select(agency: Agency, search: Search) -> Matches:
    """The estates that a search means, without an order."""
    condition = Q(gone_at__isnull=not search.gone)
    facets = facets_of(agency) if search.filters.keys() & {*KINDS, *PLACES} else {}
    for name, value in search.filters.items():
        if name != "query":
            condition &= _condition(name, value, facets)
    return matching(agency, condition, words_of(search.filters.get("query", "")))


def total_of(matches: Matches) -> Total:
    """Counts up to a thousand. Where the text has common words, only what was seen in passing is counted."""
    if matches.known is not None:
        return Total(matches.known, matches.more)
    number = matches.rows.order_by().values("pk")[: COUNTED + 1].count()
    return Total(min(number, COUNTED), number > COUNTED)


def totals_of(agency: Agency, rows: Iterable[QuerySet[Any]]) -> list[Total]:
    """Counts several lists at once, each up to a thousand."""
    counts = [_Number(each.order_by().values("pk")[: COUNTED + 1]) for each in rows]
    numbers = Agency.objects.filter(pk=agency.pk).values_list(*counts).get()
    return [Total(min(number, COUNTED), number > COUNTED) for number in numbers]


class _Number(Subquery):
    """How many rows a query gives, its limit included."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def load(agency: Agency, keys: list[int]) -> list[Estate]:
    """The agency's estates of these keys, in their order."""
    rows: QuerySet[Estate] = (
        Estate.objects.for_agency(agency).filter(pk__in=keys).defer("search_text", "digest")
    )
    found = {estate.pk: estate for estate in rows}
    return [found[key] for key in keys if key in found]


def _condition(name: str, value: Any, facets: Facets) -> Q:
    if name in LOOKUPS:
        return Q((LOOKUPS[name], value))
    meant = spellings(facets, name, value)
    return Q((name, meant[0])) if len(meant) == 1 else Q((f"{name}__in", meant))
