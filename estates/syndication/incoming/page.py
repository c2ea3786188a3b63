"""What the page of one feed file shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from estates.jobs.models import Job
from estates.syndication.incoming.finding import FORESEEN, condition, found, tabs_of
from estates.syndication.incoming.forms import ShownForm
from estates.syndication.incoming.items import LEAVES
from estates.syndication.incoming.missing import absent, items_of, later_full_ones, leaving, overtaken_by
from estates.syndication.incoming.receiving import same_files
from estates.syndication.incoming.rows import rows_of
from estates.syndication.incoming.words import SCOPES, file_words, item_words
from estates.syndication.models import Feed, FeedItem, Listing
from estates.syndication.pages.together import together

State, ItemState = Feed.State, FeedItem.State
SIZE = 50
MOST_NAMED = 12
"""Listings that are named one by one where a whole list would hide the rest of the page."""
MOST_APART = 20
BADGES: Mapping[str, str] = {
    State.RECEIVED: "running",
    State.READ: "ready",
    State.UNREADABLE: "failed",
    State.SENDING: "running",
    State.SENT: "done",
    State.DROPPED: "cancelled",
}
"""How the shell draws a file's state."""


class Tab(NamedTuple):
    name: str
    label: Any
    number: int
    here: bool


@dataclass(frozen=True)
class Named:
    """Some listings, by date of lapsing, and how many there are."""

    rows: list[Listing]
    number: int

    @property
    def more(self) -> int:
        return self.number - len(self.rows)


def latest_job(feed: Feed) -> Job | None:
    """The job that last worked on the file, or does."""
    jobs = Job.objects.for_agency(feed.agency).filter(
        subject=f"feed:{feed.pk}", kind__startswith="syndication."
    )
    return jobs.select_related("agency", "asked_by").defer("evidence").order_by("-pk").first()


def detail(feed: Feed, asked: QueryDict) -> dict[str, Any]:
    """The context of the whole page."""
    context: dict[str, Any] = {
        "feed": feed,
        "badge": BADGES[feed.state],
        "job": latest_job(feed),
        "is_active": feed.plan.active,
        "scope_words": SCOPES.get(feed.scope, "") if feed.format else "",
        "has_items": bool(feed.listings) and feed.state not in (State.RECEIVED, State.UNREADABLE),
    }
    if feed.state == State.UNREADABLE:
        context["wrong"], context["cure"] = file_words(feed.reason)
    elif feed.state in (State.READ, State.SENDING, State.SENT):
        context |= _effects(feed) if feed.state == State.READ else _course(feed)
        context |= results(feed, asked)
    return context


def results(feed: Feed, asked: QueryDict) -> dict[str, Any]:
    """The part that changes with the tab, the search and the page, which are in the URL."""
    form = ShownForm(asked)
    form.is_valid()
    show, query = form.cleaned_data.get("show") or "", form.cleaned_data.get("query") or ""
    rows = found(feed, query)
    shown = rows.filter(condition(show))
    tabs = [Tab(name, label, count, name == show) for name, label, count in tabs_of(rows)]
    number = next((tab.number for tab in tabs if tab.here), 0)
    page = _page(asked.get("page", ""), number)
    lists = together(
        items_of(feed),
        shown=shown.order_by("ordinal")[(page - 1) * SIZE : page * SIZE],
        apart=items_of(feed).filter(state=ItemState.APART).order_by("ordinal")[:MOST_APART],
    )
    return {
        "feed": feed,
        "form": form,
        "query": query,
        "tabs": tabs,
        "number": number,
        "rows": rows_of(feed, lists["shown"]),
        "apart": [(item, item_words(item.reason)) for item in lists["apart"]],
        "before": page - 1,
        "after": page + 1 if page * SIZE < number else 0,
    }


def outcome(feed: Feed) -> dict[str, Any]:
    """How the listings of a file that was sent stand at Seeki by now; `seen` are these numbers as one word."""
    stage, rows = Listing.Stage, Listing.objects.for_agency(feed.agency).filter(feed_item__feed=feed)
    numbers: dict[str, int] = rows.aggregate(
        online=Count("pk", filter=Q(stage=stage.DONE, live_until__gt=timezone.now())),
        processing=Count("pk", filter=Q(stage=stage.PROCESSING)),
        waiting=Count("pk", filter=Q(stage__in=(stage.DUE, stage.SENDING))),
        refused=Count("pk", filter=Q(stage=stage.REFUSED)),
    )
    return {
        "feed": feed,
        **numbers,
        "is_moving": bool(numbers["processing"]),
        "seen": "-".join(map(str, numbers.values())),
    }


def _effects(feed: Feed) -> dict[str, Any]:
    """What sending the file would do."""
    reasons = list(LEAVES.values())
    of_plan = Feed.objects.for_agency(feed.agency).filter(plan=feed.plan)
    files = together(
        of_plan,
        overtaken=later_full_ones(feed)[:1],
        twin=same_files(feed.plan, feed.sha256, before=feed.pk).filter(state=State.SENT)[:1],
        later=of_plan.filter(pk__gt=feed.pk, state=State.SENT).order_by("-pk")[:1],
    )
    asks = feed.removal == Feed.Removal.ASKING
    gone = _named(feed, leaving=leaving(feed), **{"missing": absent(feed)} if feed.missing or asks else {})
    counts = items_of(feed).aggregate(
        foreseen=Count("pk", filter=FORESEEN),
        ready=Count("pk", filter=Q(state__in=(ItemState.READ, ItemState.SENDING))),
        # What the file itself says to leave is told apart from these.
        skipped=Count("pk", filter=Q(state=ItemState.SKIPPED) & ~Q(reason__in=reasons)),
    )
    return {
        **counts,
        **{name: next(iter(rows), None) for name, rows in files.items()},
        "leaving": gone["leaving"],
        "missing": gone["missing"] if feed.missing else None,
        "asks": gone["missing"] if asks else None,
    }


def _course(feed: Feed) -> dict[str, Any]:
    """What sending the file does, or did."""
    asks = feed.removal == Feed.Removal.ASKING
    return outcome(feed) | {
        "overtaken": overtaken_by(feed),
        "asks": _named(feed, asks=absent(feed))["asks"] if asks else None,
    }


def _named(feed: Feed, **lists: QuerySet[Listing]) -> dict[str, Named]:
    ends = {name: rows.order_by("live_until", "pk")[:MOST_NAMED] for name, rows in lists.items()}
    found = together(Listing.objects.for_agency(feed.agency), counted=True, **ends)
    return {
        name: Named(rows, rows[0].number if rows else 0)  # type: ignore[attr-defined]
        for name, rows in found.items()
    }


def _page(asked: str, number: int) -> int:
    """The number of the page that is asked for, or of the nearest there is."""
    last = max(1, -(-number // SIZE))
    given = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 1
    return min(max(1, given), last)
