"""What Ts-Immo answers beside estates, read tolerantly: most of these shapes are unpublished."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .plain import one_line
from .reading import count, moment, names, text, web_url
from .ts_immo_comments import (
    Comment,
    NamedFile,
    first,
    identifier,
    parse_comments,
    parse_files,
    parse_person,
    raw_of,
    text_in,
)

FINAL_STATUSES = frozenset({"DONE", "CLOSED"})
_id, _line, _prose = text(64), text(255), text(20_000)
_SHA256 = re.compile(r"sha256:\s*([0-9a-f]{64})", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A support ticket. All that is unpublished is in `raw`, the ticket's JSON, too.

    `comments` is None where the answer has no list of them. `reporter` and `reporter_mail` are "" where it names
    nobody. `attachments` are those of the opening message.
    """

    remote_id: str
    subject: str
    message: str
    status: str
    created_at: datetime | None
    updated_at: datetime | None
    raw: bytes = field(repr=False)
    reporter: str = ""
    reporter_mail: str = ""
    attachments: tuple[NamedFile, ...] = ()
    comments: tuple[Comment, ...] | None = None

    @property
    def is_final(self) -> bool:
        return self.status.upper() in FINAL_STATUSES


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """An answer whose shape is unpublished: the id that it names, or "", and its bytes."""

    remote_id: str
    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Activation:
    """POST /sites/activate; `max_properties` and `expires_at` are None where the remote names none."""

    plan: str
    expires_at: datetime | None
    max_properties: int | None
    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Plugin:
    remote_id: str
    name: str
    description: str
    version: str
    shortcodes: tuple[str, ...]
    signature: str
    file_url: str

    @property
    def sha256(self) -> str:
        """The digest that the signature names, 64 hexadecimal digits in lower case, or "" where it names none."""
        found = _SHA256.fullmatch(self.signature.strip())
        return found[1].lower() if found else ""


def parse_ticket(value: Any) -> Ticket | None:
    """None for what has no id."""
    if not isinstance(value, dict) or not (remote_id := identifier(value.get("id"))):
        return None
    return Ticket(
        remote_id,
        one_line(_line(value.get("subject")) or ""),
        text_in(value, "message"),
        one_line(_line(value.get("status")) or ""),
        moment(value.get("created_at") or value.get("createdAt")),
        moment(value.get("updated_at") or value.get("updatedAt")),
        raw_of(value),
        *parse_person(first(value, "author")),
        parse_files(value),
        parse_comments(value),
    )


def parse_plugin(value: Any) -> Plugin | None:
    """None for what has no id."""
    if not isinstance(value, dict) or (remote_id := _id(value.get("id"))) is None:
        return None
    return Plugin(
        remote_id,
        _line(value.get("name")) or "",
        _prose(value.get("description")) or "",
        _line(value.get("version")) or "",
        names(value.get("shortcodes")) or (),
        _line(value.get("signature")) or "",
        web_url(value.get("file_url")) or "",
    )


def parse_activation(value: Mapping[str, Any], raw: bytes) -> Activation:
    plan, expires_at = _line(value.get("plan")) or "", moment(value.get("expires_at"))
    return Activation(plan, expires_at, count(value.get("max_properties")), raw)


def unwrapped(value: Any, *names: str) -> Any:
    """What an answer is about, whether it stands bare or in an object under one of `names`."""
    if isinstance(value, dict):
        return next((value[name] for name in names if isinstance(value.get(name), (dict, list))), value)
    return value
