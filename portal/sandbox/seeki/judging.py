"""Whether Seeki takes a listing (its guide, "Request shape"): the first thing that is wrong with it, if any."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from portal.sandbox.seeki.codes import ADDRESS_NOT_FOUND, COORDINATES_INVALID, VALIDATION_FAILED, WORDS
from portal.sandbox.seeki.nations import COUNTRIES, CURRENCIES

LISTING_TYPES = ("SELL", "RENT")
ESTATE_TYPES = ("APARTMENT", "HOUSE", "LAND", "COMMERCIAL", "OTHER")
NOWHERE = "nowhere"
"""No geocoder finds a street or a city with this in its name."""
LONGEST_ID = 255
Check = Callable[[Any], str | None]


@dataclass(frozen=True, slots=True)
class Complaint:
    """Why a listing is rejected; `path` is of the field below the listing, "" where it is about no single one."""

    code: str
    path: str = ""
    words: str = ""

    @property
    def message(self) -> str:
        said = self.words or WORDS[self.code]
        return f"{self.path}: {said}" if self.path else said


def is_text(value: Any) -> str | None:
    return None if isinstance(value, str) else "Expected string"


def is_filled(value: Any) -> str | None:
    return is_text(value) or (None if value.strip() else "String must contain at least 1 character")


def is_id(value: Any) -> str | None:
    wrong = is_filled(value)
    return wrong or (
        None if len(value) <= LONGEST_ID else f"String must contain at most {LONGEST_ID} characters"
    )


def is_number(value: Any) -> str | None:
    numeric = isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)
    return None if numeric and value == value and abs(value) != float("inf") else "Expected number"


def is_amount(value: Any) -> str | None:
    return is_number(value) or (None if value >= 0 else "Number must be greater than or equal to 0")


def is_whole(value: Any) -> str | None:
    return is_number(value) or (None if value == int(value) else "Expected integer")


def one_of(*choices: str) -> Check:
    return lambda value: None if value in choices else f"Expected {' | '.join(choices)}"


def within(known: frozenset[str], what: str) -> Check:
    return lambda value: None if isinstance(value, str) and value in known else f"Expected {what}"


def is_web_address(value: Any) -> str | None:
    try:
        parts = urlsplit(value) if isinstance(value, str) and not any(c.isspace() for c in value) else None
        fits = parts is not None and parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        fits = False
    return None if fits else "Invalid url"


is_country = within(COUNTRIES, "ISO 3166-1 alpha-2 code")
REQUIRED: dict[str, Check] = {
    "external_id": is_id,
    "listing_type": one_of(*LISTING_TYPES),
    "real_estate_type": one_of(*ESTATE_TYPES),
    "price": is_amount,
}
OPTIONAL: dict[str, Check] = {
    "currency": within(CURRENCIES, "ISO 4217 code"),
    "name": is_text,
    "description": is_text,
    "floorage": is_amount,
    "floor": is_whole,
    "rooms": is_amount,
}
ADDRESS: dict[str, Check] = {"street": is_filled, "city": is_filled, "country_code": is_country}
CONTACT: dict[str, Check] = {"name": is_text, "email": is_text, "phone": is_text}
LIMITS = {"lat": 90, "lng": 180}


def judge(listing: Any) -> Complaint | None:
    """What is wrong with a listing in the guide's dialect, fields that it does not know left aside. Never raises."""
    if not isinstance(listing, dict):
        return Complaint(VALIDATION_FAILED, "", "Expected object")
    wrong = next(_fields(listing), None)
    if wrong is not None:
        return Complaint(VALIDATION_FAILED, *wrong)
    return _place(listing)


def _fields(listing: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Path and words of everything that is wrong."""
    yield from _checked(listing, REQUIRED, required=True)
    yield from _checked(listing, OPTIONAL)
    if listing.get("address") is None and listing.get("coordinates") is None:
        yield "address", "Either address or coordinates are required"
    yield from _inside(listing, "address", ADDRESS, required=True)
    yield from _inside(listing, "coordinates", dict.fromkeys(LIMITS, is_number), required=True)
    yield from _inside(listing, "contact", CONTACT)
    images = listing.get("images")
    if images is not None and not isinstance(images, list):
        yield "images", "Expected array"
    for place, image in enumerate(images if isinstance(images, list) else ()):
        if wrong := is_web_address(image):
            yield f"images.{place}", wrong


def _checked(
    value: dict[str, Any], checks: dict[str, Check], required: bool = False
) -> Iterator[tuple[str, str]]:
    for field, check in checks.items():
        given = value.get(field)
        if given is None:
            if required:
                yield field, "Required"
        elif wrong := check(given):
            yield field, wrong


def _inside(
    listing: dict[str, Any], name: str, checks: dict[str, Check], required: bool = False
) -> Iterator[tuple[str, str]]:
    value = listing.get(name)
    if value is None:
        return
    if not isinstance(value, dict):
        yield name, "Expected object"
        return
    for field, wrong in _checked(value, checks, required):
        yield f"{name}.{field}", wrong


def _place(listing: dict[str, Any]) -> Complaint | None:
    """Coordinates are trusted where they are given; an address is looked up otherwise."""
    coordinates, address = listing.get("coordinates"), listing.get("address")
    if coordinates is not None:
        outside = any(abs(coordinates[axis]) > limit for axis, limit in LIMITS.items())
        return Complaint(COORDINATES_INVALID, "coordinates") if outside else None
    looked_up = f"{address['street']} {address['city']}".lower()  # type: ignore[index]
    return Complaint(ADDRESS_NOT_FOUND, "address") if NOWHERE in looked_up else None
