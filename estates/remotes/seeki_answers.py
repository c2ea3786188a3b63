"""What Seeki answers (seeki-import.txt, "Response shape & errors", "Status + retry"), in both dialects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from .answers import Reply
from .reading import count
from .seeki_codes import CURES, Progress, progress_of
from .seeki_fields import code_in, import_id, message_in, name, path_in, words

LISTS = ("accepted", "rejected")
STATUS_NAMES = ("status", "state")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Accepted:
    """A listing that Seeki has taken up; not yet published."""

    external_id: str
    import_item_id: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """A listing that Seeki did not take. Either its `external_id` or its `position` in what was sent, from 0, may be
    unknown; with neither only the message can tell which it is. `code` is "" where none was given; `path` is of the
    first field that is wrong.
    """

    external_id: str | None
    position: int | None
    code: str
    message: str
    path: str


@dataclass(frozen=True, slots=True)
class ImportAnswer:
    """What became of the listings of one request. Some may be named in neither list.

    `unreadable` counts the entries that name no listing or say nothing; `raw` is the answer, byte for byte.
    """

    accepted: tuple[Accepted, ...]
    rejected: tuple[Rejected, ...]
    unreadable: int
    batch_id: str
    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ItemStatus:
    """How far one import has come. `status` as it came, in lower case; texts are "" where nothing was said."""

    import_item_id: str
    external_id: str
    status: str
    state: Progress
    listing_id: str
    code: str
    message: str
    raw: bytes = field(repr=False)


def is_import(answer: Any) -> bool:
    """Whether it lists what was accepted, or rejected, and nothing stands in the place of the other list."""
    if not isinstance(answer, dict):
        return False
    lists = [answer.get(field) for field in LISTS]
    return any(found is not None for found in lists) and all(isinstance(f, (list, type(None))) for f in lists)


def parse_import(reply: Reply) -> ImportAnswer:
    """Of an answer for which `is_import` is true. What stands in it twice is there once, if it names a listing."""
    accepted, lost = _all(reply.json.get("accepted") or [], parse_accepted)
    rejected, unclear = _all(reply.json.get("rejected") or [], parse_rejected)
    named = [each for each in rejected if each.external_id is not None or each.position is not None]
    nameless = [each for each in rejected if each.external_id is None and each.position is None]
    return ImportAnswer(
        accepted=tuple(dict.fromkeys(accepted)),
        rejected=(*dict.fromkeys(named), *nameless),
        unreadable=lost + unclear,
        batch_id=import_id(reply.json.get("batch_id")) or "",
        raw=reply.body,
    )


def parse_accepted(value: Any) -> Accepted | None:
    """None for what has not both ids."""
    if not isinstance(value, dict):
        return None
    external_id, item_id = name(value.get("external_id")), import_id(value.get("import_item_id"))
    return Accepted(external_id, item_id) if external_id and item_id else None


def parse_rejected(value: Any) -> Rejected | None:
    """None for what neither names a listing nor says why."""
    if not isinstance(value, dict):
        return None
    external_id, code, message = name(value.get("external_id")), code_in(value), message_in(value)
    place, path = path_in(value)
    position = count(value.get("index")) if place is None else place
    if external_id is None and position is None and not message and not code:
        return None
    return Rejected(external_id, position, code, message, path)


def parse_status(reply: Reply, import_item_id: str) -> ItemStatus | None:
    """Of any answer, also an empty one; None where it is about another import."""
    value = reply.json if isinstance(reply.json, dict) else {}
    named = import_id(value.get("import_item_id"))
    if named is not None and named.lower() != import_item_id.lower():
        return None
    status = next((found for field in STATUS_NAMES if (found := words(value.get(field)))), "").lower()
    state, code = progress_of(status), code_in(value)
    if state is Progress.FAILED and not code and status.upper() in CURES:
        code = status.upper()
    if state is Progress.UNKNOWN and code and not status:
        state = Progress.FAILED
    return ItemStatus(
        import_item_id=import_item_id,
        external_id=name(value.get("external_id")) or "",
        status=status,
        state=state,
        listing_id=import_id(value.get("listing_id")) or "",
        code=code,
        message=message_in(value),
        raw=reply.body,
    )


def _all(items: list[Any], parse: Callable[[Any], T | None]) -> tuple[list[T], int]:
    """What could be read, and how much could not."""
    parsed = [parse(item) for item in items]
    found = [item for item in parsed if item is not None]
    return found, len(parsed) - len(found)
