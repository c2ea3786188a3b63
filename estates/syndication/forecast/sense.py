"""What Seeki takes, and a person would rather mend first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from estates.catalogue.models import Estate
from estates.syndication.forecast.boxes import BOXES
from estates.syndication.forecast.reasons import Code, Reason
from estates.syndication.mapping.words import Kind, Offer
from estates.syndication.models import PictureLook

Listing = Mapping[str, Any]
Looks = Mapping[str, PictureLook]

DESCRIPTION_LEAST, DESCRIPTION_MOST = 40, 10_000
NAME_MOST = 120
"""Characters, beyond which lists of portals cut a title or nobody reads on."""
CAPITALS_FROM = 8
"""Letters: "T3 LYON" may be written so."""
MEASURED = {Kind.APARTMENT, Kind.HOUSE, Kind.LAND, Kind.COMMERCIAL}


class Usual(NamedTuple):
    low: int
    high: int


USUAL = {Offer.SELL: Usual(1_000, 100_000_000), Offer.RENT: Usual(30, 100_000)}
"""Prices beyond these are rather a slip: rents on a sale, sale prices on a rent, thousands left out."""
COMPARABLE = {"EUR", "CHF", "GBP", "USD"}
"""Currencies in which these figures make sense."""


def doubts(listing: Listing, estate: Estate, looks: Looks) -> Iterator[Reason]:
    """Everything that may be better about what would be sent."""
    for check in CHECKS:
        yield from check(listing, estate)
    yield from _pictures(listing, looks)


def _price(listing: Listing, estate: Estate) -> Iterator[Reason]:
    usual, price = USUAL.get(listing.get("listing_type", "")), listing.get("price", 0)
    if usual is None or price <= 0 or listing["currency"] not in COMPARABLE:
        return
    if price < usual.low:
        yield Reason(Code.PRICE_LOW, "price", f"{price} {listing['currency']}")
    elif price > usual.high:
        yield Reason(Code.PRICE_HIGH, "price", f"{price} {listing['currency']}")


def _surface(listing: Listing, estate: Estate) -> Iterator[Reason]:
    if "floorage" in listing:
        return
    if estate.surface == 0:
        yield Reason(Code.SURFACE_ZERO, "floorage")
    elif listing["real_estate_type"] in MEASURED:
        yield Reason(Code.SURFACE_MISSING, "floorage")


def _name(listing: Listing, estate: Estate) -> Iterator[Reason]:
    name = listing.get("name", "")
    letters = [letter for letter in name if letter.isalpha()]
    if not name:
        yield Reason(Code.NAME_MISSING, "name")
    elif len(name) > NAME_MOST:
        yield Reason(Code.NAME_LONG, "name", str(len(name)))
    if len(letters) >= CAPITALS_FROM and all(letter.isupper() for letter in letters):
        yield Reason(Code.NAME_CAPITALS, "name")


def _description(listing: Listing, estate: Estate) -> Iterator[Reason]:
    text = listing.get("description", "")
    if not text:
        yield Reason(Code.DESCRIPTION_MISSING, "description")
    elif len(text) > DESCRIPTION_MOST:
        yield Reason(Code.DESCRIPTION_LONG, "description", str(len(text)))
    elif (letters := sum(map(str.isalpha, text[:1000]))) < DESCRIPTION_LEAST:
        yield Reason(Code.DESCRIPTION_SHORT, "description", str(letters))


def _contact(listing: Listing, estate: Estate) -> Iterator[Reason]:
    contact = listing.get("contact", {})
    if "email" not in contact and "phone" not in contact:
        yield Reason(Code.CONTACT_MISSING, "contact")


def _elsewhere(listing: Listing, estate: Estate) -> Iterator[Reason]:
    coordinates, address = listing.get("coordinates"), listing.get("address", {})
    boxes = BOXES.get(address.get("country_code", ""))
    if coordinates is None or boxes is None:
        return
    place = coordinates["lat"], coordinates["lng"]
    if not any(box.holds(*place) for box in boxes):
        detail = f"{place[0]:g}, {place[1]:g}: {address['country_code']}"
        yield Reason(Code.COORDINATES_ELSEWHERE, "coordinates", detail)


def _pictures(listing: Listing, looks: Looks) -> Iterator[Reason]:
    images = listing.get("images", [])
    if not images:
        yield Reason(Code.PICTURES_NONE, "images")
    silent = sum(1 for address in images if (look := looks.get(address)) and look.answers is False)
    if silent:
        yield Reason(Code.PICTURES_SILENT, "images", f"{silent}/{len(images)}")


CHECKS: tuple[Callable[[Listing, Estate], Iterator[Reason]], ...] = (
    _price,
    _surface,
    _name,
    _description,
    _contact,
    _elsewhere,
)
