"""What is left to lapse because of a feed file: what it says to delete, and what a full one no longer names."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Agency
from accounts.rows import update_rows
from estates.feeds.listing import Scope
from estates.syndication.events import note
from estates.syndication.incoming.items import LEAVES, Why
from estates.syndication.models import Feed, FeedItem, Listing, ListingEvent
from estates.syndication.pushing.confirming import out_of_line

State, Stage, Removal = FeedItem.State, Listing.Stage, Feed.Removal

ASK_FROM = 10
"""Per cent of the listings that came by files: where more are missing, and more than one, a person is asked."""


def items_of(feed: Feed) -> QuerySet[FeedItem]:
    return FeedItem.objects.for_agency(feed.agency).filter(feed=feed)


def from_files(feed: Feed) -> QuerySet[Listing]:
    """The listings that files have brought to the feed's plan and that are to be online."""
    rows = Listing.objects.for_agency(feed.agency).filter(plan=feed.plan, wanted=True)
    return rows.filter(estate=None, feed_item__isnull=False)


def absent(feed: Feed) -> QuerySet[Listing]:
    """The listings of earlier files whose number stands nowhere in this one, set apart or not."""
    named = items_of(feed).values("external_id")
    return from_files(feed).filter(feed_item__feed__lt=feed.pk).exclude(external_id__in=named)


def leaving(feed: Feed) -> QuerySet[Listing]:
    """The listings that the file says are not to be offered any more."""
    told = items_of(feed).filter(reason__in=list(LEAVES.values()))
    earlier = from_files(feed).filter(feed_item__feed__lt=feed.pk)
    return earlier.filter(external_id__in=told.values("external_id"))


def later_full(feed: Feed) -> Feed | None:
    """The first full file after this one that was sent, or is on its way: it says what is offered since then.

    One without a single listing to send says nothing about those that it does not name.
    """
    return later_full_ones(feed).first()


def later_full_ones(feed: Feed) -> QuerySet[Feed]:
    return _full_ones(feed.agency).filter(plan=feed.plan_id, pk__gt=feed.pk).order_by("pk")


def not_overtaken(agency: Agency) -> QuerySet[Feed]:
    """The agency's files after which no full one was sent."""
    later = _full_ones(agency).filter(plan=OuterRef("plan"), pk__gt=OuterRef("pk"))
    return Feed.objects.for_agency(agency).filter(~Exists(later))


def _full_ones(agency: Agency) -> QuerySet[Feed]:
    told = FeedItem.objects.for_agency(agency).filter(feed=OuterRef("pk"))
    speaks = Exists(told.exclude(state__in=(State.APART, State.SKIPPED)))
    sent = (Feed.State.SENDING, Feed.State.SENT)
    return Feed.objects.for_agency(agency).filter(speaks, scope=Scope.FULL, state__in=sent)


def overtaken_by(feed: Feed) -> Feed | None:
    """The later full file because of which this one that was read, or what was left of it, is not sent."""
    if feed.state in (Feed.State.READ, Feed.State.SENDING):
        return later_full(feed)
    return later_full_ones(feed).filter(Exists(items_of(feed).filter(reason=Why.LATER_FULL))).first()


def untouched_by_others(feed: Feed, items: QuerySet[FeedItem]) -> QuerySet[FeedItem]:
    """Those of a file's listings about which nothing else has the last word: a person who said never, the
    catalogue, or a later file that brought the listing, said that it is over, or is a full one.
    """
    if later_full(feed):
        return items.none()
    rows = Listing.objects.for_agency(feed.agency).filter(plan=feed.plan)
    never, own = Q(hand=Listing.Hand.NEVER), Q(wanted=True, estate__isnull=False)
    others = rows.filter(never | own | Q(feed_item__feed__gt=feed.pk))
    over = FeedItem.objects.for_agency(feed.agency).filter(
        feed__plan=feed.plan,
        feed__pk__gt=feed.pk,
        feed__state=Feed.State.SENT,
        reason__in=list(LEAVES.values()),
    )
    decided = items.exclude(external_id__in=others.values("external_id"))
    return decided.exclude(external_id__in=over.values("external_id"))


def weigh_missing(feed: Feed) -> None:
    """Sets how many listings a full file does not name, and what becomes of them, where they have become more.

    A file without a single listing to send says nothing about those that it does not name.
    """
    if feed.scope != Scope.FULL or not items_of(feed).filter(state=State.READ).exists():
        return
    missing = absent(feed).count()
    if missing > feed.missing:
        feed.missing = missing
        # What was decided was decided about fewer; only to keep them all holds for more as well.
        if feed.removal != Removal.KEEP:
            feed.removal = _removal_of(feed)


def _removal_of(feed: Feed) -> Feed.Removal:
    """Is sure of it only where few are missing."""
    if items_of(feed).filter(state=State.APART, external_id="").exists():
        # One of those without a number may be the one that seems to be missing.
        return Removal.ASKING
    many = feed.missing > 1 and feed.missing * 100 > from_files(feed).count() * ASK_FROM
    return Removal.ASKING if many else Removal.LAPSE


def leave_to_lapse(rows: QuerySet[Listing]) -> int:
    """Nothing of them is sent any more; what is online goes when its 60 days are over. Returns how many.

    The caller is in a transaction.
    """
    left = list(rows.select_for_update(of=("self",)).order_by("pk"))
    for listing in left:
        listing.wanted, listing.due_at = False, None
        if listing.stage != Stage.PROCESSING:
            listing.stage = out_of_line(listing)
    update_rows(left, ["wanted", "due_at", "stage"])
    note(left, ListingEvent.What.LAPSES)
    return len(left)
