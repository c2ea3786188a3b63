"""Where in marketing-lab's JSON the values stand, and how they are read. Every reader takes any JSON value."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from .mending import without_nul
from .reading import moment, text

ID_LIMIT = 64
LINE_LIMIT = 255
MESSAGE_LIMIT = 2_000_000
RAW_DEPTH = 100
SAFE_INTEGER = 2**53
PARIS = ZoneInfo("Europe/Paris")

WRAPPERS = ("data", "contacts", "programmes", "regions", "results", "items")
"""Unverified: the document's lists stand bare."""

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "last_name": ("prospect_nom",),
    "first_name": ("prospect_prenom",),
    "phone": ("prospect_telephone",),
    "email": ("prospect_email",),
    "programme": ("programme_nom",),
    "region": ("region_nom",),
    "origin": ("origine_designation",),
    "contact_kind": ("type_contact_designation",),
    "action_kind": ("type_action_designation",),
}
"""marketing-lab.txt, Read Contacts."""

MESSAGES = ("message", "action_message", "action_commentaire", "commentaire", "prospect_message")
MOMENTS = ("action_date", "date_action", "action_created_at", "created_at", "date_creation", "date")
"""Unverified: the "additional enriched fields" are not named. The first that can be read counts."""

line, prose = text(LINE_LIMIT), text(MESSAGE_LIMIT)


def items_of(answer: Any) -> list[Any] | None:
    """The list that an answer is, or wraps; None for anything else, an object that names an error included."""
    if isinstance(answer, list):
        return answer
    if not isinstance(answer, dict) or answer.get("error"):
        return None
    return next((answer[name] for name in WRAPPERS if isinstance(answer.get(name), list)), None)


def identity(value: Any) -> str | None:
    """An id, a positive whole number or a text of at most 64 visible characters, as text.

    Nothing is cut off or cleaned: two persons must not become one. 0 is what stands where there is no id.
    """
    if type(value) is float and value.is_integer() and value < SAFE_INTEGER:
        value = int(value)
    if type(value) is int:
        value = str(value) if value > 0 else ""
    if type(value) is not str:
        return None
    found: str = value.strip()
    return found if 0 < len(found) <= ID_LIMIT and found.isprintable() and found != "0" else None


def raw_of(value: Any) -> bytes:
    """A value's JSON, its keys in order, without NULs; what lies deeper than a hundred levels is left out."""
    try:
        json = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # orjson reads deeper than it writes
        json = orjson.dumps(_pruned(value, RAW_DEPTH), option=orjson.OPT_SORT_KEYS)
    return without_nul(json) if b"\\u0000" in json else json


def first(value: dict[str, Any], names: tuple[str, ...], read: Any) -> Any:
    found = (read(value[name]) for name in names if name in value)
    return next((item for item in found if item is not None), None)


def local_moment(value: Any) -> datetime | None:
    """What names no zone is of Paris."""
    return moment(value, PARIS)


def _pruned(value: Any, depth: int) -> Any:
    if not isinstance(value, (dict, list)):
        return value
    if not depth:
        return None
    if isinstance(value, list):
        return [_pruned(item, depth - 1) for item in value]
    return {name: _pruned(item, depth - 1) for name, item in value.items()}
