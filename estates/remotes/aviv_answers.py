"""What AVIV answers, read tolerantly: whatever a field holds, the lead around it is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Any

import orjson

from .aviv_fields import (
    LEAD_FIELDS,
    LEAD_ID,
    LENGTHS,
    PHONES_LIMIT,
    SEARCH_FIELDS,
    at,
    read_field,
    read_fields,
)
from .reading import flag, text

_number, _type = text(LENGTHS["phone_number"]), text(LENGTHS["phone_type"])
# What turns null when a person asks to be forgotten, by the document. It does not name `email`, which goes too.
FORGOTTEN = ("firstName", "lastName", "message", "gender", "language")


@dataclass(frozen=True, slots=True)
class Phone:
    """`type` is MOBILE, LANDLINE or ""; the number as it came; `verified` None where nothing is said."""

    type: str
    number: str
    verified: bool | None


@dataclass(frozen=True, slots=True)
class PropertySearch:
    """What a person looks for: m², euros, and names or postal codes of places. None is no bound."""

    estate_types: tuple[str, ...] = ()
    rooms_min: int | None = None
    rooms_max: int | None = None
    surface_min: Decimal | None = None
    surface_max: Decimal | None = None
    budget_min: Decimal | None = None
    budget_max: Decimal | None = None
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lead:
    """One lead. Where nothing was readable texts are "", `phones` empty, dates and the rest None.

    `category` is CLASSIFIED, AGENCY, PROPERTY_SEARCH, CALL_TRACKING or a word that came up since; `intention`
    SELL, BUY, RENT, MANAGE, ASK_A_QUESTION likewise. `offerer_estate_id` and `marketing_key` are what the
    agency's software calls the estate: its id and its reference. After `ttl_at` the lead is to be deleted.
    `is_erased`: the person asked to be forgotten, and nothing of them may be kept. `raw` is the lead's JSON with
    sorted keys and `digest` the 16 bytes of its BLAKE2b: equal digests mean that nothing changed.
    """

    lead_id: str
    raw: bytes = field(repr=False)
    digest: bytes = field(repr=False)
    ingested_at: datetime | None = None
    portal: str = ""
    ttl_at: datetime | None = None
    category: str = ""
    intention: str = ""
    first_name: str = field(default="", repr=False)
    last_name: str = field(default="", repr=False)
    gender: str = ""
    email: str = field(default="", repr=False)
    language: str = ""
    phones: tuple[Phone, ...] = field(default=(), repr=False)
    message: str = field(default="", repr=False)
    is_owner: bool | None = None
    classified_id: str = ""
    offerer_estate_id: str = ""
    marketing_key: str = ""
    project_id: str = ""
    search: PropertySearch | None = None
    is_erased: bool = False


@dataclass(frozen=True, slots=True)
class UnreadableLead:
    """An item that is no lead, why, and where it stood in its page (from 0)."""

    raw: bytes = field(repr=False)
    reason: str
    position: int


ParsedLead = Lead | UnreadableLead


@dataclass(frozen=True, slots=True)
class LeadPage:
    """A page of leads in the remote's order. `next_start` is what asks for the next one, None at the end."""

    leads: tuple[Lead, ...] = ()
    unreadable: tuple[UnreadableLead, ...] = ()
    next_start: str | None = None


@dataclass(frozen=True, slots=True)
class Submitted:
    """That a lead was accepted: processing it is another matter, which `request_id` names."""

    title: str
    request_id: str


def parse_lead(value: Any, position: int = 0) -> ParsedLead:
    """Reads any JSON value; never raises. Only a value without a usable leadId is unreadable."""
    if type(value) is not dict:
        return UnreadableLead(raw_json(value) or b"", "not an object", position)
    lead_id = read_field(LEAD_ID, value)
    if lead_id is None:
        return UnreadableLead(raw_json(value) or b"", "no usable leadId", position)
    erased = _is_erased(value.get("contactRequest"))
    if erased:
        nothing = {name: known for name, known in value["contactRequest"].items() if known in (None, [])}
        value = value | {"contactRequest": nothing}
    raw = raw_json(value)
    if raw is None:
        return UnreadableLead(b"", "nested too deeply to be kept", position)
    return Lead(
        lead_id,
        raw,
        blake2b(raw, digest_size=16).digest(),
        phones=_phones(at(value, ("contactRequest", "phoneNumbers"))),
        search=_search(value.get("property")),
        is_erased=erased,
        **read_fields(LEAD_FIELDS, value),
    )


def _is_erased(contact: Any) -> bool:
    """Whether all that the document names is null, some of it in so many words, and no telephone number left.

    Every form that people send asks for a name and a message, so that a lead with neither was emptied.
    """
    if type(contact) is not dict or contact.get("phoneNumbers") != []:
        return False
    named = [contact[name] for name in FORGOTTEN if name in contact]
    return bool(named) and all(value is None for value in named)


def _phones(value: Any) -> tuple[Phone, ...]:
    found = []
    for item in value[:PHONES_LIMIT] if type(value) is list else ():
        item = item if type(item) is dict else {"number": item}
        if (number := _number(item.get("number"))) is not None:
            found.append(Phone(_type(item.get("type")) or "", number, flag(item.get("verified"))))
    return tuple(found)


def _search(value: Any) -> PropertySearch | None:
    found = PropertySearch(**read_fields(SEARCH_FIELDS, value))
    return None if found == PropertySearch() else found


def raw_json(value: Any) -> bytes | None:
    """JSON with sorted keys; None for what is nested too deeply."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        return None  # orjson reads deeper than it writes
