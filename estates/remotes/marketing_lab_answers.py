"""What marketing-lab answers: regions, programmes, and contacts with an open set of fields."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .marketing_lab_fields import (
    COLUMNS,
    MESSAGES,
    MOMENTS,
    first,
    identity,
    line,
    local_moment,
    prose,
    raw_of,
)


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


def parse_region(value: Any) -> Region | None:
    """None for what has no usable id."""
    if not isinstance(value, dict) or (remote_id := identity(value.get("id"))) is None:
        return None
    return Region(remote_id, line(value.get("nom")) or "", raw_of(value))


def parse_programme(value: Any) -> Programme | None:
    """None for what has no usable id."""
    if not isinstance(value, dict) or (remote_id := identity(value.get("id"))) is None:
        return None
    region_id = identity(value.get("idRegion")) or ""
    return Programme(remote_id, region_id, line(value.get("nom")) or "", raw_of(value))


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
        **{column: first(value, names, line) or "" for column, names in COLUMNS.items()},
        message=first(value, MESSAGES, prose) or "",
        happened_at=first(value, MOMENTS, local_moment),
        raw=raw,
    )


def parse_batch(items: list[Any], raw: bytes) -> ContactBatch:
    parsed = [parse_contact(item) for item in items]
    contacts = tuple(item for item in parsed if isinstance(item, Contact))
    return ContactBatch(contacts, tuple(item for item in parsed if isinstance(item, Unidentified)), raw)
