"""A listing's history."""

from collections.abc import Iterable

from estates.syndication.models import Listing, ListingEvent
from estates.syndication.models.listings import WORDS_LIMIT

What = ListingEvent.What


def note(listings: Iterable[Listing], what: ListingEvent.What, words: str = "") -> None:
    """A line in the history of each, in the caller's transaction, with what they hold of Seeki's answer."""
    ListingEvent.objects.bulk_create(
        [
            ListingEvent(
                listing=listing,
                what=what,
                predicted=listing.predicted if what in (What.PUBLISHED, What.REFUSED) else "",
                code=listing.code,
                words=(words or listing.words)[:WORDS_LIMIT],
            )
            for listing in listings
        ],
        batch_size=500,
    )
