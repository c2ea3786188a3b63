"""The end of reading a feed file: which of its listings count, and what it means for those of earlier files."""

from __future__ import annotations

from django.db.models import Count, Q
from django.utils import timezone

from estates.syndication.incoming.items import Why
from estates.syndication.incoming.missing import items_of, weigh_missing
from estates.syndication.models import Feed, FeedItem, Listing

State = FeedItem.State
AT_ONCE = 500


def settle(feed: Feed) -> None:
    """Counts what was read and marks the file as ready to be sent. The caller is in a transaction."""
    skip_earlier_twins(feed)
    skip_own_estates(feed)
    skip_unwanted(feed)
    items = items_of(feed)
    counted = items.aggregate(all=Count("pk"), apart=Count("pk", Q(state=State.APART)))
    feed.listings, feed.set_apart = counted["all"], counted["apart"]
    weigh_missing(feed)
    feed.state, feed.read_at = Feed.State.READ, timezone.now()
    feed.save(update_fields=["listings", "set_apart", "missing", "removal", "state", "read_at"])


def skip_earlier_twins(feed: Feed) -> None:
    """Of several listings with one number the last counts, as it would at Seeki if all of them were sent."""
    items = items_of(feed).exclude(external_id="").exclude(state=State.APART)
    numbers = items.aggregate(all=Count("pk"), different=Count("external_id", distinct=True))
    if numbers["all"] == numbers["different"]:
        return
    last: dict[str, int] = {}
    earlier = []
    for pk, number in items.order_by("ordinal").values_list("pk", "external_id").iterator():
        if number in last:
            earlier.append(last[number])
        last[number] = pk
    for start in range(0, len(earlier), AT_ONCE):
        some = items_of(feed).filter(pk__in=earlier[start : start + AT_ONCE])
        some.update(state=State.SKIPPED, reason=Why.AGAIN_BELOW)


def skip_own_estates(feed: Feed) -> None:
    """An estate of the catalogue that is published under the same number keeps it."""
    own = Listing.objects.for_agency(feed.agency).filter(plan=feed.plan, wanted=True, estate__isnull=False)
    ready = items_of(feed).filter(state=State.READ, external_id__in=own.values("external_id"))
    ready.update(state=State.SKIPPED, reason=Why.OWN_ESTATE)


def skip_unwanted(feed: Feed) -> None:
    """What a person said is never to be published is not published because a file names it."""
    never = Listing.objects.for_agency(feed.agency).filter(plan=feed.plan, hand=Listing.Hand.NEVER)
    ready = items_of(feed).filter(state=State.READ, external_id__in=never.values("external_id"))
    ready.update(state=State.SKIPPED, reason=Why.NEVER)
