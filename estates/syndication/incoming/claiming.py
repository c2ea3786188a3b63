"""The listings that a chunk of a feed file carries, marked as being sent before it goes out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import QuerySet

from estates.syndication.incoming.missing import items_of
from estates.syndication.models import Feed, FeedItem, Listing, Plan
from estates.syndication.pushing.due import due_of_feeds

Stage = Listing.Stage
CLAIMED = (
    "estate",
    "feed_item",
    "title",
    "wanted",
    "stage",
    "sent_at",
    "sent_digest",
    "due_at",
    "import_item_id",
    "poll_at",
    "polls",
)
WHERE_LEFT = timedelta(hours=1)
"""A listing whose sending a person stopped half-way, so that nobody knows what became of it, is sent again then."""


def take_turns(feed: Feed) -> None:
    """Until the caller's transaction ends, no other file of the plan is asked for or claims listings."""
    Plan.objects.for_agency(feed.agency).select_for_update(no_key=True).get(pk=feed.plan_id)


def due_items(feed: Feed, now: datetime) -> QuerySet[FeedItem]:
    """The listings of the file that are to be sent again, and that no later file has brought since."""
    due = due_of_feeds(feed.plan, now).filter(feed_item__feed=feed)
    return items_of(feed).filter(pk__in=due.values("feed_item"))


def claim(feed: Feed, items: Sequence[FeedItem], at: datetime) -> dict[str, Listing]:
    """The rows of these listings by number, made where there were none. The caller is in a transaction.

    One that stays due until it is answered is found again whoever dies.
    """
    numbers = [item.external_id for item in items]
    mine = Listing.objects.for_agency(feed.agency).filter(plan=feed.plan, external_id__in=numbers)
    due = {row.external_id: row.due_at for row in mine.only("external_id", "due_at").select_for_update()}
    later = at + WHERE_LEFT
    claimed = [
        Listing(
            agency_id=feed.agency_id,
            plan=feed.plan,
            external_id=item.external_id,
            feed_item=item,
            title=item.title,
            wanted=True,
            stage=Stage.SENDING,
            sent_at=at,
            sent_digest="",
            due_at=due.get(item.external_id) or later,
            import_item_id="",
            poll_at=None,
            polls=0,
        )
        for item in items
    ]
    Listing.objects.for_agency(feed.agency).bulk_create(
        claimed, update_conflicts=True, unique_fields=["plan", "external_id"], update_fields=CLAIMED
    )
    items_of(feed).filter(pk__in=[item.pk for item in items]).update(
        state=FeedItem.State.SENDING, reason="", code="", words="", path=""
    )
    return {row.external_id: row for row in mine.all()}
