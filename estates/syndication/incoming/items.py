"""From what a feed says of a listing to the row that is kept of it."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from estates.feeds.listing import Action, Listing
from estates.feeds.outcomes import Note, Read, SetApart
from estates.remotes.plain import storable
from estates.syndication.incoming.foreseeing import refusal_of
from estates.syndication.models import Feed, FeedItem

State = FeedItem.State

MOST_PRICE = Decimal(10) ** 12
CENT = Decimal("0.01")
MOST_PICTURES = 32_767
MOST_NOTES, NOTE_LIMIT = 20, 80
NUMBER_LIMIT = 120


class Why(StrEnum):
    """Why a listing that could be read is not sent, beside the reasons of `estates.feeds`."""

    SAYS_DELETE = "says_delete"
    SAYS_REFERENCE = "says_reference"
    AGAIN_BELOW = "again_below"
    OWN_ESTATE = "own_estate"
    NEVER = "never"
    OVERTAKEN = "overtaken"
    LATER_FULL = "later_full"
    NO_NUMBER = "no_number"
    NUMBER_TOO_LONG = "number_too_long"


LEAVES = {Action.DELETE: Why.SAYS_DELETE, Action.REFERENCE: Why.SAYS_REFERENCE}
"""Seeki knows neither: to send such a listing would only put it online for another 60 days."""


def item_of(feed: Feed, found: Read | SetApart) -> FeedItem:
    """A row that is not saved yet."""
    return _listed(feed, found) if isinstance(found, Read) else _apart(feed, found)


def _listed(feed: Feed, found: Read) -> FeedItem:
    listing = found.listing
    state, reason = _fate(listing)
    foreseen = refusal_of(listing, feed.format) if state == State.READ else None
    return FeedItem(
        agency_id=feed.agency_id,
        feed=feed,
        ordinal=found.ordinal,
        line=found.line,
        external_id=_text(listing.external_id, NUMBER_LIMIT),
        action=listing.action,
        title=_text(listing.title, 300),
        kind=listing.kind or "",
        offer=listing.offer or "",
        price=_price(listing.price),
        currency=_text(listing.currency, 8),
        city=_text(listing.city, 120),
        country=_text(listing.country, 2),
        pictures=min(len(listing.pictures), MOST_PICTURES),
        notes=[_note(note) for note in found.notes[:MOST_NOTES]],
        state=state,
        reason=foreseen.code if foreseen else reason,
        path=_text(foreseen.detail, 300) if foreseen else "",
    )


def _fate(listing: Listing) -> tuple[FeedItem.State, str]:
    if not listing.external_id.strip():
        return State.APART, Why.NO_NUMBER
    if len(listing.external_id) > NUMBER_LIMIT:
        # Cut, it would be another listing's number.
        return State.APART, Why.NUMBER_TOO_LONG
    if listing.action in LEAVES:
        return State.SKIPPED, LEAVES[listing.action]
    return State.READ, ""


def _apart(feed: Feed, found: SetApart) -> FeedItem:
    return FeedItem(
        agency_id=feed.agency_id,
        feed=feed,
        ordinal=found.ordinal,
        line=found.line,
        external_id=_text(found.external_id, NUMBER_LIMIT),
        state=State.APART,
        reason=found.reason,
        path=_text(found.path, 300),
        words=_text(found.words, 500),
    )


def _note(note: Note) -> list[str]:
    return [str(note.code), _text(note.path, NOTE_LIMIT), _text(note.words, NOTE_LIMIT)]


def _price(price: Decimal | None) -> Decimal | None:
    """None for what is no amount that anybody asks."""
    if price is None or not price.is_finite() or abs(price) >= MOST_PRICE:
        return None
    return price.quantize(CENT)


def _text(text: str, limit: int) -> str:
    return storable(text).strip()[:limit]
