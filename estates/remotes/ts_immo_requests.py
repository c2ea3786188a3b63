"""What goes to Ts-Immo. Field names as in ts-immo.txt."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from decimal import Decimal
from typing import Any, BinaryIO

import orjson

from .upload import Base64File, Upload


@dataclass(frozen=True, slots=True)
class EstateSearch:
    """The seventeen filters of GET /estates; None leaves a filter out. Surfaces in m²."""

    query: str | None = None
    type: str | None = None
    sub_type: str | None = None
    offer_type: str | None = None
    status: str | None = None
    min_price: Decimal | int | None = None
    max_price: Decimal | int | None = None
    min_surface: Decimal | int | None = None
    max_surface: Decimal | int | None = None
    bedrooms: int | None = None
    bathrooms: int | None = None
    city: str | None = None
    postal_code: str | None = None
    country: str | None = None
    region: str | None = None
    featured: bool | None = None
    is_project: bool | None = None

    def params(self) -> dict[str, str]:
        found = {item.name: getattr(self, item.name) for item in fields(self)}
        return {name: _param(value) for name, value in found.items() if value not in (None, "")}


def _param(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


@dataclass(frozen=True, slots=True)
class Phone:
    number: str
    type: str = "mobile"


@dataclass(frozen=True, slots=True)
class Buyer:
    """A buyer lead (TsImmoBuyer). Make `streamId` once per lead and store it: calls are idempotent on it."""

    streamId: str
    civility: str | None = None
    firstname: str | None = None
    lastname: str | None = None
    type: str | None = None
    companyName: str | None = None
    mail: str | None = None
    secondaryMail: str | None = None
    phones: tuple[Phone, ...] = ()
    message: str | None = None
    internalNote: str | None = None
    lang: str | None = None
    location: Mapping[str, Any] | None = None
    preferences: tuple[Mapping[str, Any], ...] = ()

    def payload(self) -> dict[str, Any]:
        if not self.streamId:
            raise ValueError("A buyer lead needs its streamId")
        return {name: value for name, value in asdict(self).items() if value not in (None, "", ())}


@dataclass(frozen=True, slots=True)
class Reporter:
    username: str
    mail: str
    display_name: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of `size` bytes. `open` gives it from its beginning; it is read in pieces and closed."""

    filename: str
    mime_type: str
    size: int
    open: Callable[[], BinaryIO] = field(repr=False)


def ticket_upload(
    fields: Mapping[str, Any], attachments: Sequence[Attachment], progress: Callable[[int], None] | None
) -> Upload:
    """The body of POST /v1/support/: the fields, then the files, each encoded while it is sent."""
    parts: list[bytes | Base64File] = [orjson.dumps(fields)[:-1], b',"attachments":[']
    for number, attachment in enumerate(attachments):
        about = {"filename": attachment.filename, "mime_type": attachment.mime_type}
        head = orjson.dumps(about)[:-1] + b',"content_base64":"'
        parts += [b"," + head if number else head]
        parts += [Base64File(attachment.filename, attachment.size, attachment.open), b'"}']
    return Upload([*parts, b"]}"], progress)
