"""A listing as a record of Idealista's XML. All names are of `idealista_words`, most of them unverified."""

from __future__ import annotations

from estates.feeds.idealista_words import (
    FIELDS,
    KIND_WORDS,
    KINDS,
    OFFER_WORDS,
    PICTURE,
    PICTURE_ADDRESS,
    PICTURE_TITLE,
    PICTURES,
    RECORD,
)
from estates.feeds.listing import Action, Contact, Listing, Picture
from estates.feeds.writing_text import attribute, degrees, leaf, number

NAMES = {field: names[0] for field, names in FIELDS.items()}
PUBLISHED = (Action.ADD, Action.CHANGE)
"""The dialect has no word for taking away: what it names is on offer, so that nothing else may be written."""


def inmueble(listing: Listing) -> str:
    """The record; "" for a listing that is not to be offered."""
    if listing.action not in PUBLISHED:
        return ""
    contact = listing.contact or Contact()
    fields = (
        ("external_id", listing.external_id),
        ("offer", OFFER_WORDS[listing.offer] if listing.offer else ""),
        ("kind", _kind(listing)),
        ("title", listing.title),
        ("description", listing.description),
        ("language", listing.language),
    )
    after = (
        ("currency", listing.currency),
        ("street", listing.street),
        ("house_number", listing.house_number),
        ("postal_code", listing.postal_code),
        ("city", listing.city),
        ("province", listing.region),
        ("latitude", degrees(listing.latitude)),
        ("longitude", degrees(listing.longitude)),
    )
    last = (
        ("updated", listing.updated.isoformat() if listing.updated else ""),
        ("contact_name", contact.name),
        ("contact_email", contact.email),
        ("contact_phone", contact.phone),
    )
    return (
        f"<{RECORD}>{_leaves(fields)}{number(NAMES['price'], listing.price)}{_leaves(after)}"
        f"{_sizes(listing)}{_leaves(last)}{_pictures(listing.pictures)}</{RECORD}>\n"
    )


def _leaves(fields: tuple[tuple[str, str], ...]) -> str:
    return "".join([leaf(NAMES[field], value) for field, value in fields if value])


def _sizes(listing: Listing) -> str:
    return "".join(
        [
            number(NAMES[field], getattr(listing, field))
            for field in ("surface", "land_surface", "rooms", "bedrooms", "bathrooms", "floor")
        ]
    )


def _kind(listing: Listing) -> str:
    """The listing's own word where it is one of the dialect's for this kind, else the usual one."""
    if listing.kind is None:
        return ""
    detail = listing.kind_detail.lower()
    return detail if KINDS.get(detail) == listing.kind else KIND_WORDS[listing.kind]


def _pictures(pictures: tuple[Picture, ...]) -> str:
    written = "".join([_picture(picture) for picture in pictures if picture.address])
    return f"<{PICTURES}>{written}</{PICTURES}>" if written else ""


def _picture(picture: Picture) -> str:
    title = f' {PICTURE_TITLE}="{attribute(picture.title)}"' if picture.title else ""
    return f'<{PICTURE} {PICTURE_ADDRESS}="{attribute(picture.address)}"{title}/>'
