"""What syndication does not keep for ever: stories, requests, files and looks that nothing needs any more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.files.storage import default_storage
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from estates.syndication.models import Batch, Feed, FeedItem, Listing, ListingEvent, PictureLook

EVENTS_KEPT = timedelta(days=400)
BATCHES_KEPT = timedelta(days=90)
FILES_KEPT = timedelta(days=30)
ITEMS_KEPT = timedelta(days=90)
LOOKS_KEPT = timedelta(days=60)
"""A picture of an estate that is published is looked at more often than that."""
AT_ONCE = 1_000

State = Feed.State


def forget_old() -> dict[str, int]:
    """Deletes what is older than it is kept; returns how many rows, or files, of what."""
    now = timezone.now()
    return {
        "events": _delete(ListingEvent.objects.filter(at__lt=now - EVENTS_KEPT)),
        "batches": _delete(Batch.objects.across_agencies().filter(sent_at__lt=now - BATCHES_KEPT)),
        "files": _forget_files(),
        "items": _delete(items_not_needed()),
        "looks": _delete(PictureLook.objects.across_agencies().filter(looked_at__lt=now - LOOKS_KEPT)),
    }


def files_not_needed() -> QuerySet[Feed]:
    """The feeds whose file nobody sends any more: none of their listings is online or refreshed out of it, and it was
    discarded, unreadable, sent, or overtaken by a later one of the same plan.
    """
    feeds = Feed.objects.across_agencies().exclude(stored_as="")
    later = Feed.objects.across_agencies().filter(plan=OuterRef("plan"), pk__gt=OuterRef("pk"))
    later = later.exclude(state__in=(State.DROPPED, State.UNREADABLE))
    over = Q(state__in=(State.DROPPED, State.UNREADABLE, State.SENT)) | Q(Exists(later), state=State.READ)
    old = feeds.filter(over, created_at__lt=timezone.now() - FILES_KEPT)
    needed = Q(wanted=True) | Q(live_until__gt=timezone.now())
    return old.filter(~Exists(_listings_of(OuterRef("pk")).filter(needed)))


def items_not_needed() -> QuerySet[FeedItem]:
    """The listings of files that are gone, but for those that are at Seeki as they stand there."""
    items = FeedItem.objects.across_agencies().filter(
        feed__stored_as="", feed__created_at__lt=timezone.now() - ITEMS_KEPT
    )
    held = Listing.objects.across_agencies().filter(feed_item=OuterRef("pk"))
    return items.filter(~Exists(held))


def _listings_of(feed: Any) -> QuerySet[Listing]:
    return Listing.objects.across_agencies().filter(feed_item__feed=feed)


def _forget_file(feed: Feed) -> None:
    """The file first: a row that names one that is gone is found again, a file that no row names never is."""
    default_storage.delete(feed.stored_as)
    Feed.objects.for_agency(feed.agency).filter(pk=feed.pk).update(stored_as="")


def _forget_files() -> int:
    feeds = list(files_not_needed().select_related("agency"))
    for feed in feeds:
        _forget_file(feed)
    return len(feeds)


def _delete(rows: QuerySet[Any]) -> int:
    """Deletes in pieces, so that nobody waits for long."""
    forgotten = 0
    while ids := list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        rows.model._base_manager.filter(pk__in=ids).delete()
        forgotten += len(ids)
    return forgotten
