"""The thread of a ticket, read tolerantly. Its shape is unpublished: these are the names that such systems use."""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

from .plain import one_line, plain_text
from .reading import LIST_LIMIT, count, flag, moment, text

COMMENTS_LIMIT = 10_000
"""Of a longer thread the newest are read."""
NAMES: Mapping[str, tuple[str, ...]] = {
    "comments": ("comments", "messages", "replies", "thread"),
    "message": ("message", "description", "text", "content", "body"),
    "text": ("comment", "message", "text", "content", "body", "rendered", "html"),
    "author": ("reporter", "author", "user", "sender", "created_by", "createdBy", "author_name"),
    "name": ("display_name", "displayName", "name", "full_name", "fullName", "username", "login"),
    "mail": ("mail", "email", "e_mail"),
    "from_support": ("from_support", "fromSupport", "is_support", "isSupport", "is_staff", "isStaff"),
    "role": ("role", "author_type", "authorType", "sender_type", "senderType"),
    "created_at": ("created_at", "createdAt", "date", "sent_at", "sentAt"),
    "attachments": ("attachments", "files"),
    "file_name": ("filename", "file_name", "fileName", "name", "title"),
    "file_size": ("size", "file_size", "fileSize", "length", "bytes"),
    "wrapped": ("data", "items", "results"),
}
# "admin" and "agent" are not here: so call themselves the people of an agency.
SUPPORT_ROLES = frozenset({"support", "staff", "helpdesk", "support_agent", "support-agent"})
AUTHOR_IS_SUPPORT = re.compile(r"\b(?:support|ts[ -]?immo|helpdesk|assistance)\b", re.IGNORECASE)
_NAME_AND_MAIL = re.compile(r"([^<>]{0,255})<([^<>@\s]{1,64}@[^<>@\s]{1,190})>")
_MAIL = re.compile(r"[^<>@\s]{1,64}@[^<>@\s]{1,190}")
_TEXT_DEPTH = 3
_OLDEST = datetime(1, 1, 1, tzinfo=UTC)
_id = text(64)


@dataclass(frozen=True, slots=True)
class Comment:
    """One message of a thread; `remote_id`, `author` and `mail` are "" where the remote names none."""

    remote_id: str
    text: str
    author: str
    mail: str
    from_support: bool
    created_at: datetime | None
    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file that the remote speaks of; `size` in bytes is None where it names none."""

    filename: str
    size: int | None


def parse_comments(ticket: Mapping[str, Any]) -> tuple[Comment, ...] | None:
    """In the remote's order; None where the ticket has no list of them, which is not the same as an empty one.

    Left out is only what has neither a text nor an id.
    """
    found = [_items(ticket.get(name)) for name in NAMES["comments"]]
    lists = [items for items in found if items is not None]
    if not lists:
        return None
    read = enumerate(_parsed(next(filter(None, lists), [])))
    newest = heapq.nlargest(COMMENTS_LIMIT, read, key=lambda at: (at[1].created_at or _OLDEST, at[0]))
    return tuple(comment for _, comment in sorted(newest, key=lambda at: at[0]))


def parse_person(value: Any) -> tuple[str, str]:
    """Name and mail of whoever is named as an object or in a text; "" for what is not there."""
    if isinstance(value, dict):
        name, mail = _line(first(value, "name")), _line(first(value, "mail"))
        return name, mail if _MAIL.fullmatch(mail) else ""
    said = _line(value)
    if both := _NAME_AND_MAIL.fullmatch(said):
        return both[1].strip(' "'), both[2]
    return ("", said) if _MAIL.fullmatch(said) else (said, "")


def parse_files(value: Mapping[str, Any]) -> tuple[NamedFile, ...]:
    files = []
    for item in (_items(first(value, "attachments")) or [])[:LIST_LIMIT]:
        named = item if isinstance(item, dict) else {"filename": item}
        if filename := _line(first(named, "file_name")):
            files.append(NamedFile(filename, count(first(named, "file_size"))))
    return tuple(files)


def is_from_support(value: Mapping[str, Any], author: str, mail: str) -> bool:
    """What the comment says of itself, by a flag or by a role, there or with its author. Where it says nothing
    it is the agency's, unless its author has no mail and is named like support.
    """
    person = first(value, "author")
    for says in (value, person if isinstance(person, dict) else {}):
        if (said := flag(first(says, "from_support"))) is not None:
            return said
    for says in (value, person if isinstance(person, dict) else {}):
        if role := _line(first(says, "role")).lower():
            return role in SUPPORT_ROLES
    return not mail and AUTHOR_IS_SUPPORT.search(author) is not None


def first(value: Mapping[str, Any], what: str) -> Any:
    """The first that is there of the names by which something goes."""
    return next((found for name in NAMES[what] if (found := value.get(name)) not in (None, "")), None)


def raw_of(value: Any) -> bytes:
    """Its JSON, keys sorted; without those fields of an object that are nested too deep to be written."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        fields = value.items() if isinstance(value, dict) else ()
    written = (_field(name, inner) for name, inner in sorted(fields, key=lambda pair: str(pair[0])))
    return b"{" + b",".join(filter(None, written)) + b"}"


def _field(name: Any, value: Any) -> bytes:
    try:
        return orjson.dumps(str(name)) + b":" + orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        return b""


def _parsed(items: list[Any]) -> Iterator[Comment]:
    for item in items:
        value = item if isinstance(item, dict) else {"text": item}
        remote_id, said = identifier(value.get("id")), text_in(value)
        if said or remote_id:
            author, mail = parse_person(first(value, "author"))
            support = is_from_support(value, author, mail)
            written = moment(first(value, "created_at"))
            yield Comment(remote_id, said, author, mail, support, written, raw_of(item))


def identifier(value: Any) -> str:
    return one_line(_id(value) or "")


def text_in(value: Any, what: str = "text", depth: int = _TEXT_DEPTH) -> str:
    """A text stands as it is, or below one of its names once more: {"content": {"rendered": "…"}}."""
    if isinstance(value, str):
        return plain_text(value)
    if not depth or not isinstance(value, dict):
        return ""
    inner = (text_in(value.get(name), depth=depth - 1) for name in NAMES[what])
    return next(filter(None, inner), "")


def _items(value: Any) -> list[Any] | None:
    if isinstance(value, dict):
        value = next((value[name] for name in NAMES["wrapped"] if isinstance(value.get(name), list)), None)
    return value if isinstance(value, list) else None


def _line(value: Any) -> str:
    return one_line(value) if isinstance(value, str) else ""
