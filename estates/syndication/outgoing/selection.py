"""The estates that go out: a search of the catalogue, read in pieces, and a fingerprint of what it finds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

import orjson
from django.db.models import Max
from django.http import QueryDict

from accounts.models import Agency
from estates.catalogue.chips import kept
from estates.catalogue.forms import FILTERS, SearchForm
from estates.catalogue.models import Estate, EstatePayload
from estates.catalogue.search import Search, select
from estates.feeds.listing import Listing
from estates.syndication.outgoing.documents import listing_of

PIECE = 500
"""Estates that are read at once, with their payloads."""
EDITION = "1"
"""To be counted up when the same estates make another document than before: it is part of every fingerprint."""
NEVER = datetime(2000, 1, 1, tzinfo=UTC)


class BadQuery(ValueError):
    """A filter that cannot be read. Without it more would go out than was meant, so nothing does."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What an agency gives away: the estates that `search` finds now."""

    agency: Agency
    search: Search


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How many listings there are, a hex digest that differs when their document would, and their last change."""

    listings: int
    digest: str
    changed_at: datetime


def filters_of(asked: QueryDict) -> str:
    """The part of a query string that says which estates are meant: neither their order nor how they are shown.

    Raises `BadQuery` where that is more than a row holds: with a filter less, more would go out.
    """
    query = kept(asked, FILTERS)
    held = QueryDict(query)
    if lost := [name for name in FILTERS if asked.get(name) and name not in held]:
        raise BadQuery(", ".join(lost))
    return query


def selection_of(agency: Agency, query: str) -> Selection:
    """The search that a query string means, of estates that are still listed. Raises `BadQuery`."""
    form = SearchForm(QueryDict(query))
    search = form.search()
    if form.errors:
        raise BadQuery(", ".join(form.errors))
    return Selection(agency, Search(search.filters))


def count(selection: Selection) -> int:
    return select(selection.agency, selection.search).rows.order_by().count()


def snapshot(selection: Selection, *form: str) -> Snapshot:
    """Reads numbers and digests only. `form` is what else the document depends on, such as its encoding."""
    digest = blake2b(
        "\0".join((EDITION, selection.agency.name, *form)).encode("utf-8", "replace"), digest_size=16
    )
    rows = select(selection.agency, selection.search).rows.order_by("pk")
    number, last = 0, NEVER
    for pk, held, changed_at in rows.values_list("pk", "digest", "changed_at").iterator(chunk_size=2000):
        digest.update(b"%d:%b%b" % (pk, bytes(held), changed_at.isoformat().encode()))
        number, last = number + 1, max(last, changed_at)
    return Snapshot(number, digest.hexdigest(), last)


def last_change(agency: Agency) -> datetime:
    """When any estate of the agency changed last, or went: those that a search has ceased to find count too."""
    found: datetime | None = Estate.objects.for_agency(agency).aggregate(last=Max("changed_at"))["last"]
    return found or NEVER


def listings(selection: Selection) -> Iterator[Listing]:
    """All listings, in an order that stays, read in pieces: however many there are, few are in memory."""
    after = 0
    while piece := listings_after(selection, after, PIECE):
        yield from piece.values()
        after = max(piece)


def listings_after(selection: Selection, after: int, most: int) -> dict[int, Listing]:
    """The next listings behind an estate's key, by theirs."""
    rows = select(selection.agency, selection.search).rows.filter(pk__gt=after).order_by("pk")
    estates: list[Estate] = list(rows.defer("search_text", "digest")[:most])
    kept_payloads = EstatePayload.objects.filter(estate__in=estates).values_list("estate_id", "body")
    payloads = dict(kept_payloads)
    return {estate.pk: listing_of(estate, _payload(payloads.get(estate.pk, ""))) for estate in estates}


def _payload(body: str) -> dict[str, Any]:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
