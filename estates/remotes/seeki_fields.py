"""Where in Seeki's answers the values stand, in the guide's dialect and in that of its OpenAPI page (READINGS)."""

from __future__ import annotations

import re
from typing import Any

from .reading import text
from .seeki_codes import Code

ID_LIMIT = 200
NAME_LIMIT = 1000
CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
INDEX = re.compile(r"\[(\d+)\]")
PLACE_DIGITS = 6
LISTS = frozenset(
    {"listings", "items", "immobilie", "immobilien", "properties", "property", "inmuebles", "inmueble"}
)
"""What may stand before an item's index in a path. Unverified, but for the first."""
PATH_NAMES = ("path", "field", "field_path")
MESSAGE_NAMES = ("message", "error_message", "detail", "error")
CODE_NAMES = ("error_code", "code")

words = text(2000)


def name(value: Any, limit: int = NAME_LIMIT) -> str | None:
    """An id as it stands, digits for a number. Nothing is cut off or cleaned: two listings must not become one."""
    if type(value) is int and value >= 0:
        value = str(value)
    return value if type(value) is str and 0 < len(value) <= limit and value.strip() else None


def import_id(value: Any) -> str | None:
    """A UUID in the guide's dialect, a whole number in the other; text in both cases here."""
    return name(value, ID_LIMIT)


def code_in(value: dict[str, Any]) -> str:
    """The error code, in capitals; "" where there is none."""
    inner = value.get("error")
    for where in (value, inner if isinstance(inner, dict) else {}):
        for field in CODE_NAMES:
            found = where.get(field)
            if type(found) is str and CODE.fullmatch(found.strip()):
                return found.strip().upper()
    return Code.VALIDATION_FAILED if _errors(value) else ""


def message_in(value: dict[str, Any]) -> str:
    """The message; of several errors each, with its path in front."""
    said = next((found for field in MESSAGE_NAMES if (found := _said(value.get(field)))), "")
    errors = [f"{path}: {what}" if path else what for path, what in map(_error, _errors(value)) if what]
    return words(said or "; ".join(errors)) or ""


def path_in(value: dict[str, Any]) -> tuple[int | None, str]:
    """The index of the item that the error is about, from 0, where the path says it, and the path below the item."""
    found = next((value[field] for field in PATH_NAMES if value.get(field)), None)
    for error in _errors(value) if found is None else ():
        found = error.get("path")
        break
    return split_path(found)


def split_path(path: Any) -> tuple[int | None, str]:
    """`listings.3.price`, `listings[3].price`, `[3].price` and `["listings", 3, "price"]` are (3, "price")."""
    if isinstance(path, list):
        path = ".".join(str(part) for part in path if isinstance(part, (str, int)))
    parts = INDEX.sub(r".\1", words(path) or "").strip(".").split(".") if isinstance(path, str) else []
    start = 1 if parts and parts[0].lower() in LISTS else 0
    if len(parts) > start and parts[start].isascii() and parts[start].isdigit():
        place = int(parts[start]) if len(parts[start]) <= PLACE_DIGITS else None
        return place, ".".join(parts[start + 1 :])
    return None, ".".join(parts)


def _errors(value: dict[str, Any]) -> list[dict[str, Any]]:
    errors = value.get("errors")
    return [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []


def _error(error: dict[str, Any]) -> tuple[str, str]:
    return split_path(error.get("path"))[1], _said(error.get("message"))


def _said(value: Any) -> str:
    return words(value.get("message") if isinstance(value, dict) else value) or ""
