"""The words that an agency's estates use for types, statuses and places: open lists, so looked up."""

from collections.abc import Callable
from typing import TypeVar

from django.db.models import Value

from accounts.caching import for_a_minute
from accounts.models import Agency
from estates.catalogue.models import Estate, SyncRun
from estates.catalogue.words import normalise

KINDS = ("type", "sub_type", "offer_type", "status")
PLACES = ("city", "postal_code", "region", "country")
COLUMNS = (KINDS, PLACES)
MOST = 5000
"""Values of a column that are kept; more towns than that are one town in many spellings."""

Facets = dict[str, list[str]]
Found = TypeVar("Found")


def facets_of(agency: Agency) -> Facets:
    """The distinct values of each column, sorted."""
    return until_next_sync(agency, "catalogue:facets", lambda: _distinct(agency))


def until_next_sync(agency: Agency, name: str, count: Callable[[], Found]) -> Found:
    """What `count` finds in the agency's estates, kept until the next sync ends, a minute at most."""
    last = SyncRun.objects.for_agency(agency).exclude(finished_at=None).order_by("-finished_at")
    return for_a_minute(agency, f"{name}:{last.values_list('pk', flat=True).first() or 0}", count)


def spellings(facets: Facets, column: str, typed: str) -> list[str]:
    """The stored spellings that a person means: "ecully" is "Écully", postal code "69" all that begin so."""
    wanted = normalise(typed)
    known = facets.get(column, [])
    if column == "postal_code":
        return [value for value in known if normalise(value).startswith(wanted)] or [typed]
    return [value for value in known if normalise(value) == wanted] or [typed]


def _distinct(agency: Agency) -> Facets:
    """Kinds and places are looked up apart, for all of both together are nearly as many as estates; and at once."""
    listed = Estate.objects.for_agency(agency).filter(gone_at=None).order_by()
    kinds, places = (listed.values_list(Value(at), *names).distinct() for at, names in enumerate(COLUMNS))
    rows = list(kinds.union(places, all=True))
    return {
        name: sorted(
            {row[place] for row in rows if row[0] == at and row[place]},
            key=lambda value: (normalise(value), value),
        )[:MOST]
        for at, names in enumerate(COLUMNS)
        for place, name in enumerate(names, start=1)
    }
