"""A record of either Idealista dialect as a `Listing`."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from estates.feeds import idealista_published
from estates.feeds.idealista_values import country_of, kind_of, language_of, offer_of
from estates.feeds.idealista_words import FIELDS, PICTURE, PICTURE_ADDRESS, PICTURE_TITLE, PICTURES
from estates.feeds.leaves import Leaves
from estates.feeds.listing import Contact, Listing, Picture
from estates.feeds.names import LOCAL
from estates.feeds.outcomes import Note
from estates.feeds.reasons import Oddity

NUMBER_PATH = FIELDS["external_id"][0]
PUBLISHED = "property"


def listing_of(element: Element, notes: list[Note]) -> Listing | None:
    """None where no number says which listing it is. What is odd is added to `notes`."""
    if LOCAL[element.tag] == PUBLISHED:
        return idealista_published.listing_of(element, notes)
    record = Leaves("", element, notes)
    number = record.first_text(*FIELDS["external_id"])
    if not number:
        return None
    return Listing(
        external_id=number,
        offer=offer_of(record, FIELDS["offer"][0], record.first_text(*FIELDS["offer"])),
        kind=kind_of(record, FIELDS["kind"][0], record.first_text(*FIELDS["kind"])),
        kind_detail=record.first_text(*FIELDS["kind"]),
        title=record.first_text(*FIELDS["title"]),
        description=record.first_text(*FIELDS["description"]),
        language=language_of(record.first_text(*FIELDS["language"])),
        price=record.number(*FIELDS["price"]),
        currency=record.first_text(*FIELDS["currency"]).upper(),
        street=record.first_text(*FIELDS["street"]),
        house_number=record.first_text(*FIELDS["house_number"]),
        postal_code=record.first_text(*FIELDS["postal_code"]),
        city=record.first_text(*FIELDS["city"]),
        region=record.first_text(*FIELDS["province"]),
        country=country_of(record.first_text(*FIELDS["province"])),
        latitude=record.degrees(FIELDS["latitude"][0]),
        longitude=record.degrees(FIELDS["longitude"][0]),
        surface=record.number(*FIELDS["surface"]),
        land_surface=record.number(*FIELDS["land_surface"]),
        rooms=record.number(*FIELDS["rooms"]),
        bedrooms=record.number(*FIELDS["bedrooms"]),
        bathrooms=record.number(*FIELDS["bathrooms"]),
        floor=record.whole(*FIELDS["floor"]),
        pictures=_pictures(record),
        contact=_contact(record),
        updated=record.day(*FIELDS["updated"]),
    )


def _pictures(record: Leaves) -> tuple[Picture, ...]:
    found = []
    for item in record.get(PICTURES) or ():
        if LOCAL[item.tag] != PICTURE:
            continue
        address = (item.get(PICTURE_ADDRESS) or item.text or "").strip()
        if address:
            found.append(Picture(address=address, title=item.get(PICTURE_TITLE, "").strip()))
        else:
            record.note(Oddity.PICTURE_WITHOUT_ADDRESS, f"{PICTURES}/{PICTURE}@{PICTURE_ADDRESS}")
    return tuple(found)


def _contact(record: Leaves) -> Contact | None:
    contact = Contact(
        name=record.first_text(*FIELDS["contact_name"]),
        email=record.first_text(*FIELDS["contact_email"]),
        phone=record.first_text(*FIELDS["contact_phone"]),
    )
    return contact if contact.name or contact.email or contact.phone else None
