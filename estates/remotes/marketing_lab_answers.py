"""What marketing-lab answers: regions, programmes, and contacts with an open set of fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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

_line, _prose = text(LINE_LIMIT), text(MESSAGE_LIMIT)


@dataclass(frozen=True, slots=True)
class Region:
    remote_id: str
    name: str
    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Programme:
    """A development on sale; `region_id` is "" where the remote names none."""

    remote_id: str
    region_id: str
    name: str
    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact as marketing-lab hands it over, identified by `action_id`; texts are "" where it says nothing.

    Texts are as somebody typed them: a phone may be "call me", a name may hold markup. `raw` is the item's JSON
    with its keys in order and without NULs; the date of its pull is somewhere in it, unnamed by the document.
    """

    action_id: str
    prospect_id: str
    programme_id: str
    last_name: str
    first_name: str
    phone: str
    email: str
    programme: str
    region: str
    origin: str
    contact_kind: str
    action_kind: str
    message: str
    happened_at: datetime | None
    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Unidentified:
    """An item without a usable `action_id`, and why. It is a person's wish all the same."""

    raw: bytes = field(repr=False)
    reason: str


@dataclass(frozen=True, slots=True)
class ContactBatch:
    """All items of one answer, in its order; `raw` is the answer itself, byte for byte."""

    contacts: tuple[Contact, ...]
    unidentified: tuple[Unidentified, ...]
    raw: bytes = field(repr=False)

    def __len__(self) -> int:
        return len(self.contacts) + len(self.unidentified)


def items_of(answer: Any) -> list[Any] | None:
    """The list that an answer is, or wraps; None for anything else, an object that names an error included."""
    if isinstance(answer, list):
        return answer
    if not isinstance(answer, dict) or answer.get("error"):
        return None
    return next((answer[name] for name in WRAPPERS if isinstance(answer.get(name), list)), None)


def parse_region(value: Any) -> Region | None:
    """None for what has no usable id."""
    if not isinstance(value, dict) or (remote_id := identity(value.get("id"))) is None:
        return None
    return Region(remote_id, _line(value.get("nom")) or "", raw_of(value))


def parse_programme(value: Any) -> Programme | None:
    """None for what has no usable id."""
    if not isinstance(value, dict) or (remote_id := identity(value.get("id"))) is None:
        return None
    region_id = identity(value.get("idRegion")) or ""
    return Programme(remote_id, region_id, _line(value.get("nom")) or "", raw_of(value))


def parse_contact(value: Any) -> Contact | Unidentified:
    """Reads any JSON value; never raises."""
    raw = raw_of(value)
    if not isinstance(value, dict):
        return Unidentified(raw, "not an object")
    action_id = identity(value.get("action_id"))
    if action_id is None:
        return Unidentified(raw, "no usable action_id")
    return Contact(
        action_id=action_id,
        prospect_id=identity(value.get("prospect_id")) or "",
        programme_id=identity(value.get("programme_id")) or "",
        **{column: _first(value, names, _line) or "" for column, names in COLUMNS.items()},
        message=_first(value, MESSAGES, _prose) or "",
        happened_at=_first(value, MOMENTS, _moment),
        raw=raw,
    )


def parse_batch(items: list[Any], raw: bytes) -> ContactBatch:
    parsed = [parse_contact(item) for item in items]
    contacts = tuple(item for item in parsed if isinstance(item, Contact))
    return ContactBatch(contacts, tuple(item for item in parsed if isinstance(item, Unidentified)), raw)


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


def _first(value: dict[str, Any], names: tuple[str, ...], read: Any) -> Any:
    found = (read(value[name]) for name in names if name in value)
    return next((item for item in found if item is not None), None)


def _moment(value: Any) -> datetime | None:
    return moment(value, PARIS)


def _pruned(value: Any, depth: int) -> Any:
    if not isinstance(value, (dict, list)):
        return value
    if not depth:
        return None
    if isinstance(value, list):
        return [_pruned(item, depth - 1) for item in value]
    return {name: _pruned(item, depth - 1) for name, item in value.items()}
