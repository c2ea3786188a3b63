"""Where the fields of a lead are looked for in AVIV's JSON.

The published pages hide the inner fields of most objects; those of a property search and of an audit were
never seen on the wire. When the truth turns up, one line changes here. The first readable place counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .reading import flag, moment, number, small, text

# The longest string each field holds, in characters; a database that stores them needs these sizes.
LENGTHS: Mapping[str, int] = {
    "lead_id": 128,
    "portal": 32,
    "category": 32,
    "intention": 32,
    "first_name": 255,
    "last_name": 255,
    "gender": 32,
    "email": 254,
    "language": 16,
    "message": 20_000,
    "classified_id": 64,
    "offerer_estate_id": 512,
    "marketing_key": 512,
    "project_id": 512,
    "phone_number": 40,
    "phone_type": 16,
    "subscription_id": 128,
}
PHONES_LIMIT, NAMES_LIMIT = 20, 50


@dataclass(frozen=True, slots=True)
class Field:
    """A field's name, how its value is read, the paths where it may stand, and what it is where none is."""

    name: str
    read: Callable[[Any], Any]
    paths: tuple[tuple[str, ...], ...]
    default: Any = None


def _field(name: str, read: Callable[[Any], Any], *paths: str, default: Any = None) -> Field:
    return Field(name, read, tuple(tuple(path.split(".")) for path in paths), default)


def _text(name: str, *paths: str) -> Field:
    return _field(name, text(LENGTHS[name]), *paths, default="")


def lead_id(value: Any) -> str | None:
    """An id that can stand in a path. One that is too long is none: cut, it would be another one."""
    found = text(LENGTHS["lead_id"] + 1)(value)
    usable = (
        found is not None and len(found) <= LENGTHS["lead_id"] and found.strip(". ") and found.isprintable()
    )
    return found if usable else None


def words(value: Any) -> tuple[str, ...] | None:
    """A list of short words, or one word."""
    read, items = text(64), value if type(value) is list else [value]
    found = tuple(word for item in items[:NAMES_LIMIT] if (word := read(item)) is not None)
    return found or None


PLACE_NAMES = ("city", "cityName", "name", "label", "zipCode", "postalCode", "zipCodes", "cities")


def places(value: Any, depth: int = 4) -> tuple[str, ...] | None:
    """The names and postal codes anywhere inside of `geo`, each once."""
    found: dict[str, None] = {}
    for inner in value[:NAMES_LIMIT] if type(value) is list else [value]:
        named = inner.items() if type(inner) is dict else ()
        for name, item in named:
            if name in PLACE_NAMES and (here := words(item)):
                found |= dict.fromkeys(here)
            elif depth and type(item) in (dict, list):
                found |= dict.fromkeys(places(item, depth - 1) or ())
    return tuple(found)[:NAMES_LIMIT] or None


LEAD_ID = _field("lead_id", lead_id, "metadata.leadId", "leadId")

LEAD_FIELDS: tuple[Field, ...] = (
    _field("ingested_at", moment, "metadata.ingestionDate"),
    _text("portal", "metadata.portal"),
    _field("ttl_at", moment, "metadata.TTL", "metadata.ttl"),
    _text("category", "metadata.leadCategory"),
    _text("intention", "metadata.seekerIntention"),
    _text("first_name", "contactRequest.firstName"),
    _text("last_name", "contactRequest.lastName", "contactRequest.name"),
    _text("gender", "contactRequest.gender"),
    _text("email", "contactRequest.email"),
    _text("language", "contactRequest.language"),
    _text("message", "contactRequest.message"),
    _field("is_owner", flag, "contactRequest.isOwner"),
    _text("classified_id", "property.classifiedId"),
    _text("offerer_estate_id", "property.offererEstateId"),
    _text("marketing_key", "property.offererMarketingKey"),
    _text("project_id", "property.projectId"),
)

SEARCH_FIELDS: tuple[Field, ...] = (
    _field("estate_types", words, "estateType", "estateTypes", default=()),
    _field("rooms_min", small, "rooms.numberOfRoomsMin", "rooms.min"),
    _field("rooms_max", small, "rooms.numberOfRoomsMax", "rooms.max"),
    _field("surface_min", number, "spaces.spaceMin", "spaces.min"),
    _field("surface_max", number, "spaces.spaceMax", "spaces.max"),
    _field("budget_min", number, "budget.amountMin", "budget.min"),
    _field("budget_max", number, "budget.amountMax", "budget.max"),
    _field("places", places, "geo", default=()),
)

SUBSCRIPTION_FIELDS: tuple[Field, ...] = (
    _field("url", text(2_000), "url", default=""),
    _field("status", text(32), "status", default=""),
    _field("created_at", moment, "createdAt"),
    _field("updated_at", moment, "updatedAt"),
)

EVENT_FIELDS: tuple[Field, ...] = (
    _field("at", moment, "timestamp", "createdAt", "sentAt", "date"),
    _field("status", text(64), "status", "result", "outcome", default=""),
    _field("status_code", small, "statusCode", "httpStatus", "responseStatus", "responseCode"),
    _field("lead_id", lead_id, "leadId", "lead.leadId", default=""),
)


def at(value: Any, path: tuple[str, ...]) -> Any:
    """What stands at a path of objects, or None."""
    for name in path:
        if type(value) is not dict:
            return None
        value = value.get(name)
    return value


def read_field(field: Field, value: Any) -> Any:
    readings = (field.read(at(value, path)) for path in field.paths)
    return next((found for found in readings if found is not None), field.default)


def read_fields(fields: tuple[Field, ...], value: Any) -> dict[str, Any]:
    return {field.name: read_field(field, value) for field in fields}
