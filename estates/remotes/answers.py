"""What an HTTP answer means: a Reply to read, or the RemoteError that it stands for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import orjson

from .errors import (
    DEFAULT_WAIT,
    Malformed,
    NotFound,
    Refused,
    RemoteError,
    Throttled,
    Unauthorised,
    Unreachable,
)
from .mending import loads_leniently, without_lone_surrogates

# 408 and 425 say "again, later", whatever their first digit.
BY_STATUS: Mapping[int, type[RemoteError]] = {
    401: Unauthorised,
    403: Unauthorised,
    404: NotFound,
    408: Unreachable,
    425: Unreachable,
    429: Throttled,
}
# What servers declare for JSON that is not UTF-8. Python knows more charsets, some no charsets at all.
OTHER_CHARSETS = ("iso-8859-1", "latin1", "windows-1252", "cp1252", "iso-8859-15", "utf-16", "utf-16le")
REQUEST_ID_HEADERS = ("x-request-id", "request-id", "x-correlation-id", "traceparent", "x-amzn-requestid")


@dataclass(frozen=True, slots=True)
class Reply:
    """A successful answer: status, decoded body, and what the body says as JSON (None where it is empty)."""

    status: int
    request_id: str
    body: bytes = field(repr=False)
    json: Any = field(repr=False, default=None)


@dataclass(frozen=True, slots=True)
class Answer:
    """What an observer learns of each call: `seconds` it took in all, and the error it ended in, if any."""

    operation: str
    status: int | None
    seconds: float
    request_id: str
    error: RemoteError | None


def error_type(status: int, headers: Mapping[str, str]) -> type[RemoteError] | None:
    """The error that a status stands for; None for 2xx."""
    if 200 <= status < 300:
        return None
    if status == 503 and "Retry-After" in headers:
        return Throttled
    if status in BY_STATUS:
        return BY_STATUS[status]
    if 400 <= status < 500:
        return Refused
    return Unreachable if 500 <= status < 600 else Malformed


def retry_after(value: str | None) -> float:
    """Seconds to wait by a Retry-After header: a number, an HTTP date, or 30 where it says neither."""
    text = (value or "").strip()
    try:
        seconds = float(text)
        return seconds if math.isfinite(seconds) else DEFAULT_WAIT
    except ValueError:
        pass  # not a number: perhaps a date
    moment = http_date(text)
    return (moment - datetime.now(UTC)).total_seconds() if moment else DEFAULT_WAIT


def http_date(text: str | None) -> datetime | None:
    """A date as headers carry it; None for what is none."""
    try:
        moment = parsedate_to_datetime(text or "")
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def redirect_words(location: str | None) -> str:
    """Names only the host that a redirect leads to: its path and query may carry what we sent."""
    try:
        target = urlsplit(location or "")
        host = target.hostname
    except ValueError:
        return "unreadable Location"
    return f"{target.scheme or 'https'}://{host}" if host else "same host"


def read_json(body: bytes, content_type: str, lenient: bool = False) -> Any:
    """Parses a body, tolerating a byte order mark, a declared old charset and halves of emoji. Raises Malformed.

    With `lenient` it tolerates whatever `loads_leniently` does.
    """
    text = body.removeprefix(b"\xef\xbb\xbf")
    charset = content_type.lower().partition("charset=")[2].partition(";")[0].strip(" \"'")
    try:
        if charset in OTHER_CHARSETS and not _is_utf8(text):
            text = text.decode(charset).encode()
        return _loads(text, lenient)
    except (ValueError, RecursionError):
        pass  # raised below, outside of the handler: the context would hold the whole body
    if text.lstrip()[:1] == b"<":
        raise Malformed("The answer is a web page, not JSON", retry_helps=True)
    raise Malformed("The answer is empty" if not text.strip() else "The answer is not readable as JSON")


def _loads(text: bytes, lenient: bool) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        mended = without_lone_surrogates(text)
        if mended == text and not lenient:
            raise
    return loads_leniently(mended) if lenient else orjson.loads(mended)


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in text[:4]


def request_id(headers: Mapping[str, str]) -> str:
    return next((headers[name] for name in REQUEST_ID_HEADERS if headers.get(name)), "")
