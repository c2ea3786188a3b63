"""A `property` as Idealista itself publishes it, as a `Listing`."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from estates.feeds.idealista_values import country_of, kind_of, language_of, offer_of
from estates.feeds.leaves import Leaves, sections
from estates.feeds.listing import Listing, Picture
from estates.feeds.names import LOCAL
from estates.feeds.outcomes import Note
from estates.feeds.reasons import Oddity

SECTIONS = ("address", "operation", "features")
TYPES = "features@type"


def listing_of(element: Element, notes: list[Note]) -> Listing | None:
    record = Leaves("", element, notes)
    number = record.first_text("reference", "id") or (element.get("id") or "").strip()
    if not number:
        return None
    address, operation, features = sections(element, SECTIONS, notes)
    kind = record.attribute("features", "type")
    description, language = _description(element)
    place = Leaves("address/coordinates", address.get("coordinates"), notes)
    return Listing(
        external_id=number,
        offer=offer_of(record, "operation@type", record.attribute("operation", "type")),
        kind=kind_of(record, TYPES, kind),
        kind_detail=kind,
        description=description,
        language=language_of(language),
        price=operation.number("price") or record.number("price"),
        street=address.first_text("streetName", "street"),
        house_number=address.first_text("streetNumber", "number"),
        postal_code=address.first_text("postalcode", "postalCode"),
        city=address.first_text("cityName", "city"),
        region=address.first_text("provinceName", "province"),
        country=address.text("country").upper()[:2]
        or country_of(address.first_text("provinceName", "province")),
        latitude=place.degrees("latitude"),
        longitude=place.degrees("longitude"),
        surface=features.number("constructedArea", "usableArea", "size"),
        land_surface=features.number("plotArea", "areaPlot"),
        rooms=features.number("rooms", "roomNumber"),
        bedrooms=features.number("bedrooms"),
        bathrooms=features.number("bathrooms", "bathroomNumber"),
        floor=address.whole("floor"),
        pictures=_pictures(element, record),
    )


def _description(element: Element) -> tuple[str, str]:
    """(text, language) of the first description that says something."""
    for item in element.iter():
        if LOCAL[item.tag] == "description":
            parts = Leaves("descriptions/description", item, [])
            if comment := parts.text("comment"):
                return comment, parts.text("language")
    return "", ""


def _pictures(element: Element, record: Leaves) -> tuple[Picture, ...]:
    found = []
    for item in record.get("images") or ():
        parts = Leaves("images/image", item, [])
        address = parts.text("url") or (item.get("url") or "").strip()
        if address:
            found.append(Picture(address=address, group=parts.text("code")))
        else:
            record.note(Oddity.PICTURE_WITHOUT_ADDRESS, "images/image/url")
    return tuple(found)
