"""What every source's leads become before they are saved."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any

from estates.catalogue.words import search_text
from estates.connections.models import Connection
from estates.leads.contacts import mail_key, read_phone
from estates.leads.models import Lead
from estates.leads.models.leads import Way

EXCERPT = 200

GIVEN = (
    "digest",
    "happened_at",
    "pulled_at",
    "expires_at",
    "portal",
    "category",
    "intention",
    "first_name",
    "last_name",
    "gender",
    "language",
    "email",
    "phone",
    "phones",
    "email_key",
    "phone_key",
    "message",
    "excerpt",
    "programme_id",
    "programme",
    "region",
    "classified_id",
    "estate_reference",
    "search_text",
)
"""Columns that a later reading of the same lead replaces."""


@dataclass(frozen=True)
class Draft:
    """A lead as a remote gave it, in our words; `raw` is its JSON.

    `phones` are pairs of what kind the remote calls a number, and the number. `is_erased`: the remote has blanked it.
    """

    remote_id: str
    raw: bytes = field(repr=False)
    happened_at: datetime | None = None
    expires_at: datetime | None = None
    pulled_at: datetime | None = None
    portal: str = ""
    category: str = ""
    intention: str = ""
    first_name: str = ""
    last_name: str = ""
    gender: str = ""
    language: str = ""
    email: str = ""
    phones: tuple[tuple[str, str], ...] = ()
    message: str = ""
    programme_id: str = ""
    programme: str = ""
    region: str = ""
    classified_id: str = ""
    estate_reference: str = ""
    is_erased: bool = False

    @property
    def digest(self) -> str:
        """Says whether two readings of a lead are the same. When it was pulled belongs to the row alone."""
        return digest_of(self.raw)


def digest_of(raw: bytes) -> str:
    return blake2b(raw, digest_size=16).hexdigest()


def row_of(draft: Draft, connection: Connection, way: Way, now: datetime) -> dict[str, Any]:
    """A new lead by its attributes, cut to what the columns hold: the whole is in the payload."""
    return _BLANK | {
        "agency_id": connection.agency_id,
        "connection_id": connection.pk,
        "source": connection.system,
        "remote_id": draft.remote_id,
        "way": way.value,
        "happened_at": now,
        "received_at": now,
        "changed_at": now,
        **columns_of(draft),
    }


def payload_of(draft: Draft) -> str:
    return draft.raw.decode("utf-8", "replace").replace("\0", "")


def columns_of(draft: Draft) -> dict[str, Any]:
    """The columns in `GIVEN` without `happened_at` where the remote names none."""
    phones = [(kind, read_phone(number)) for kind, number in draft.phones if number.strip()]
    best = next((phone for _, phone in phones if phone.e164), phones[0][1] if phones else None)
    message = draft.message.strip()
    words = (
        draft.first_name,
        draft.last_name,
        draft.email,
        *(f"{phone.number} {phone.e164}" for _, phone in phones),
        draft.programme,
        draft.estate_reference,
        draft.classified_id,
        message,
    )
    columns: dict[str, Any] = {
        "digest": draft.digest,
        "pulled_at": draft.pulled_at,
        "expires_at": draft.expires_at,
        "email_key": mail_key(draft.email),
        "phone_key": best.e164 if best else "",
        "phone": (best.e164 or best.number) if best else "",
        "phones": [
            {"kind": kind, "number": phone.number, "e164": phone.e164, "mobile": phone.is_mobile}
            for kind, phone in phones
        ],
        "message": message,
        "excerpt": " ".join(message[: EXCERPT * 4].split())[:EXCERPT],
        "search_text": search_text(words),
    }
    if draft.happened_at is not None:
        columns["happened_at"] = draft.happened_at
    for name, limit in _LIMITS.items():
        columns[name] = getattr(draft, name)[:limit].strip()
    return columns


_TEXTS = (
    "portal",
    "category",
    "intention",
    "first_name",
    "last_name",
    "gender",
    "language",
    "email",
    "programme_id",
    "programme",
    "region",
    "classified_id",
    "estate_reference",
)
_LIMITS = {field.name: field.max_length for field in Lead._meta.concrete_fields if field.name in _TEXTS}
_BLANK = {field.attname: field.get_default() for field in Lead._meta.concrete_fields if not field.primary_key}
