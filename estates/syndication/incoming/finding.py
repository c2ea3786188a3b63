"""Which listings of a feed file a tab and a search show."""

from __future__ import annotations

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise

from estates.syndication.incoming.forms import SHOWS
from estates.syndication.incoming.missing import items_of
from estates.syndication.models import Feed, FeedItem, Listing

State = FeedItem.State

_CONDITIONS: dict[str, Q] = {
    "": Q(),
    "ready": Q(state__in=(State.READ, State.SENDING)),
    "noted": ~Q(notes=[]),
    "skipped": Q(state=State.SKIPPED),
    "apart": Q(state=State.APART),
    "accepted": Q(state=State.ACCEPTED, turned_down=False),
    "refused": Q(state=State.REFUSED, waits=False) | Q(state=State.ACCEPTED, turned_down=True),
    "again": Q(state=State.REFUSED, waits=True),
}


def condition(show: str) -> Q:
    """Of the rows that `found` gives."""
    return _CONDITIONS.get(show, Q())


def found(feed: Feed, query: str) -> QuerySet[FeedItem]:
    """The listings in which each word of the query stands.

    `turned_down` is true where Seeki took one up and refused it, `waits` where it is in line again.
    """
    mine = Listing.objects.for_agency(feed.agency).filter(feed_item=OuterRef("pk"))
    rows = items_of(feed).annotate(
        turned_down=Exists(mine.filter(stage=Listing.Stage.REFUSED)),
        waits=Exists(mine.filter(stage=Listing.Stage.DUE)),
    )
    for word in query.split()[:8]:
        rows = rows.filter(
            Q(title__icontains=word) | Q(external_id__icontains=word) | Q(city__icontains=word)
        )
    return rows


def tabs_of(rows: QuerySet[FeedItem]) -> list[tuple[str, str | Promise, int]]:
    """The tabs under which something stands, and how much; all of it comes first."""
    counted = rows.aggregate(**{f"n_{name}": Count("pk", filter=each) for name, each in _CONDITIONS.items()})
    every = [(name, label, counted[f"n_{name}"]) for name, label in SHOWS.items()]
    return [tab for tab in every if tab[2] or not tab[0]]
