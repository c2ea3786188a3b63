"""Reading loosely typed JSON values. Every reader returns None for what it cannot read, and never raises."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any

ABSURD = 10**12
CENT = Decimal("0.01")
SMALL_LIMIT = 10_000
LIST_LIMIT = 200
URL_LIMIT = 2000
URL_NAMES = ("url", "src", "href", "original", "large")
NAME_NAMES = ("name", "label", "code", "key")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECONDS_FROM = 10**11  # as seconds this would be the year 5138
EARLIEST, LATEST = 1900, 2200

# "450 000 €", "84,5 m²", "1.250,00": digits with separators, then perhaps a unit.
_NUMBER = re.compile(r"(-?[0-9][0-9.,]{0,30})(?:€|EUR|CHF|USD|GBP|\$|£|m²|m2)?", re.IGNORECASE)
_GAPS = str.maketrans("", "", " \t\u00a0\u202f\u2009'\u2019_")
_THOUSANDS = re.compile(r"-?\d{1,3}(?:,\d{3})+")
_WEB_URL = re.compile(r"https?://[^\s\x00-\x20\x7f\"<>\\^`{|}]+", re.IGNORECASE)
_FRENCH_DATE = re.compile(r"(\d\d)[/.](\d\d)[/.](\d{4})(.*)", re.DOTALL)
_FLAGS = {"true": True, "1": True, "yes": True, "oui": True}
_FLAGS |= {"false": False, "0": False, "no": False, "non": False}


def text(limit: int) -> Callable[[Any], str | None]:
    """A reader of strings (and numbers, as references often are) of at most `limit` characters."""

    def read(value: Any) -> str | None:
        if type(value) is not str:
            if type(value) is not int or abs(value) >= ABSURD:
                return None
            value = str(value)
        if "\0" in value:
            value = value.replace("\0", "")
        return value.strip()[:limit] or None

    return read


def number(value: Any) -> Decimal | None:
    """An amount of at least 0 and below 10^12, to the cent."""
    kind = type(value)
    if kind is int:
        return Decimal(value) if 0 <= value < ABSURD else None
    if kind is float:
        # NaN compares false with everything.
        return Decimal(repr(value)).quantize(CENT) if 0 <= value < ABSURD - 1 else None
    if kind is str:
        return _number_in(value)
    return None


def _number_in(value: str) -> Decimal | None:
    match = _NUMBER.fullmatch(value[:60].translate(_GAPS))
    if match is None:
        return None
    digits = match[1]
    if "," in digits and "." in digits:
        point = max(digits.rindex(","), digits.rindex("."))
        digits = re.sub("[.,]", "", digits[:point]) + "." + digits[point + 1 :]
    elif _THOUSANDS.fullmatch(digits) or digits.count(",") > 1:
        digits = digits.replace(",", "")
    elif digits.count(".") > 1:
        digits = digits.replace(".", "")
    amount = Decimal(digits.replace(",", "."))
    return amount.quantize(CENT) if 0 <= amount < ABSURD - 1 else None


def small(value: Any) -> int | None:
    """A count such as of rooms, 0 to 10,000; halves, which Swiss listings have, are cut off."""
    if type(value) is int:
        return value if 0 <= value <= SMALL_LIMIT else None
    amount = number(value)
    return int(amount) if amount is not None and amount <= SMALL_LIMIT else None


def count(value: Any) -> int | None:
    """A whole number of at least 0, as a number or in digits."""
    if type(value) is str and value.isascii() and value.isdigit() and len(value) <= 12:
        value = int(value)
    return value if type(value) is int and 0 <= value < ABSURD else None


def flag(value: Any) -> bool | None:
    if type(value) is bool:
        return value
    if type(value) is int:
        return bool(value) if value in (0, 1) else None
    return _FLAGS.get(value[:10].strip().lower()) if type(value) is str else None


def degrees(limit: float) -> Callable[[Any], float | None]:
    """A reader of latitudes (limit 90) or longitudes (180)."""

    def read(value: Any) -> float | None:
        if type(value) is str:
            try:
                value = float(value[:30].strip().replace(",", "."))
            except ValueError:
                return None
        if type(value) not in (float, int):
            return None
        return float(value) if -limit <= value <= limit else None

    return read


def moment(value: Any, zone: tzinfo = UTC) -> datetime | None:
    """An aware UTC datetime from ISO 8601, dd/mm/yyyy, RFC 2822, or seconds or milliseconds since 1970.

    What names no zone of its own is of `zone`.
    """
    try:
        if type(value) is str:
            found = _moment_in(value[:60].strip())
        elif type(value) in (int, float):
            found = EPOCH + timedelta(seconds=value / 1000 if abs(value) >= MILLISECONDS_FROM else value)
        else:
            return None
        found = (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found if EARLIEST <= found.year <= LATEST else None


def _moment_in(value: str) -> datetime:
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        pass  # the other forms follow
    if match := _FRENCH_DATE.fullmatch(value):
        day, month, year, rest = match.groups()
        return datetime.fromisoformat(f"{year}-{month}-{day}{rest}")
    if value.isascii() and value.isdigit():
        seconds = int(value)
        return EPOCH + timedelta(seconds=seconds / 1000 if seconds >= MILLISECONDS_FROM else seconds)
    return parsedate_to_datetime(value)


def web_url(value: Any) -> str | None:
    if type(value) is str and len(value) <= URL_LIMIT and _WEB_URL.fullmatch(value.strip()):
        return value.strip()
    return None


def web_urls(value: Any) -> tuple[str, ...] | None:
    """Picture addresses: a list of URLs or of objects with a `url` (or `src`, `href`, …)."""
    if type(value) is not list:
        return None
    found = []
    for item in value[:LIST_LIMIT]:
        if type(item) is dict:
            item = next((item[name] for name in URL_NAMES if item.get(name)), None)
        if (url := web_url(item)) is not None:
            found.append(url)
    return tuple(found)


_name = text(64)


def names(value: Any) -> tuple[str, ...] | None:
    """Amenities: a list of names, of objects with a name, an object of flags, or names between commas."""
    if type(value) is str:
        value = value.split(",")
    elif type(value) is dict:
        value = [key for key, present in value.items() if present is True or present == 1]
    if type(value) is not list:
        return None
    found = []
    for item in value[:LIST_LIMIT]:
        if type(item) is dict:
            item = next((item[name] for name in NAME_NAMES if item.get(name)), None)
        if name := _name(item):
            found.append(name)
    return tuple(found)
