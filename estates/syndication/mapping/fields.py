"""What Seeki asks of an estate that the catalogue has no column for, read from Ts-Immo's payload.

ts-immo.txt does not publish where texts, floors and contacts stand: unverified, so all likely places are looked at.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

from estates.catalogue.dossier import BREAKS, TAGS
from estates.catalogue.words import normalise
from estates.remotes.reading import text
from estates.remotes.ts_immo_columns import COLUMNS

DESCRIPTIONS = next(column for column in COLUMNS if column.name == "description")
FLOORS = ("floor", "floor_number", "floorNumber", "etage", "étage", "characteristics.floor", "location.floor")
CONTACTS = {
    "name": ("contact.name", "negotiator.name", "agent.name", "contact.display_name"),
    "email": ("contact.mail", "contact.email", "negotiator.mail", "negotiator.email", "agent.email"),
    "phone": ("contact.phone", "contact.phone.number", "negotiator.phone", "agent.phone", "contact.mobile"),
}
CONTACT_LIMIT = 200
GROUND = {"rdc", "rez de chaussee", "rez de jardin", "ground", "ground floor", "gf"}
LOWEST, HIGHEST = -10, 200

_FLOOR = re.compile(r"([+-]?\d{1,3})(?!\d)")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_contact = text(CONTACT_LIMIT)


def description(payload: Mapping[str, Any]) -> str:
    """The estate's text without its HTML, of which only the line breaks are kept."""
    for path in DESCRIPTIONS.paths:
        if found := DESCRIPTIONS.read(_at(payload, path)):
            return html.unescape(TAGS.sub("", BREAKS.sub("\n", found))).strip()
    return ""


def floor(payload: Mapping[str, Any]) -> int | None:
    """The floor, 0 being the one at the street; None where none is named."""
    for path in FLOORS:
        if (found := _floor(_at(payload, tuple(path.split("."))))) is not None:
            return found
    return None


def contact(payload: Mapping[str, Any]) -> dict[str, str]:
    """`name`, `email` and `phone` of who answers for the estate, as far as they are there."""
    found = {}
    for name, paths in CONTACTS.items():
        values = (_contact(_at(payload, tuple(path.split(".")))) for path in paths)
        if value := next((value for value in values if value and _fits(name, value)), None):
            found[name] = value
    return found


def _fits(name: str, value: str) -> bool:
    return name != "email" or _EMAIL.fullmatch(value) is not None


def _floor(value: Any) -> int | None:
    if type(value) is str:
        if normalise(value) in GROUND:
            return 0
        match = _FLOOR.match(value.strip())
        value = int(match[1]) if match else None
    elif type(value) is float and value.is_integer():
        value = int(value)
    return value if type(value) is int and LOWEST <= value <= HIGHEST else None


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
