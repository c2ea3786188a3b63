"""Which listings of a feed file a tab and a search show."""

from __future__ import annotations

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from estates.syndication.forecast.reasons import REFUSING
from estates.syndication.incoming.forms import SHOWS
from estates.syndication.incoming.missing import items_of
from estates.syndication.models import Feed, FeedItem, Listing

State = FeedItem.State

FORESEEN = Q(state=State.READ, reason__in=sorted(REFUSING))
"""Those that Seeki will refuse, by the forecast."""

_CONDITIONS: dict[str, Q] = {
    "": Q(),
    "ready": Q(state__in=(State.READ, State.SENDING)),
    "foreseen": FORESEEN,
    "noted": ~Q(notes=[]),
    "skipped": Q(state=State.SKIPPED),
    "apart": Q(state=State.APART),
    "online": Q(state=State.ACCEPTED, is_online=True),
    "processing": Q(state=State.ACCEPTED, is_processed=True),
    "accepted": Q(state=State.ACCEPTED, turned_down=False, is_online=False, is_processed=False, waits=False),
    "refused": Q(state=State.REFUSED, waits=False) | Q(state=State.ACCEPTED, turned_down=True),
    "again": Q(state__in=(State.REFUSED, State.ACCEPTED), waits=True),
}


def condition(show: str) -> Q:
    """Of the rows that `found` gives."""
    return _CONDITIONS.get(show, Q())


def found(feed: Feed, query: str) -> QuerySet[FeedItem]:
    """The listings in which each word of the query stands.

    `is_online`, `is_processed` and `turned_down` tell how one stands that Seeki took up, `waits` is true where it is
    in line again.
    """
    stage, now = Listing.Stage, timezone.now()
    mine = Listing.objects.for_agency(feed.agency).filter(feed_item=OuterRef("pk"))
    rows = items_of(feed).annotate(
        is_online=Exists(mine.filter(stage=stage.DONE, live_until__gt=now)),
        is_processed=Exists(mine.filter(stage=stage.PROCESSING)),
        turned_down=Exists(mine.filter(stage=stage.REFUSED)),
        waits=Exists(mine.filter(stage=stage.DUE)),
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
