"""Finding the remote's own words in an answer, for people to read."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Any

import orjson

from .redaction import Redactor

WORDS_LIMIT = 2000

# Where the four systems say what went wrong, most telling first: ts-immo.txt "message" and "error_message",
# RFC 7807 "detail" and "title", OAuth "error_description"; "error" is often only the status spelt out.
FIELDS = ("message", "error_message", "detail", "error_description", "errors", "title", "error", "reason")

_INVISIBLE = re.compile(r"(?is)<(script|style|head)\b.*?</\1\s*>|<!--.*?-->")
_TITLE = re.compile(r"(?is)<title[^>]*>(.*?)</title")
_TAG = re.compile(r"<[^<>]*>")


def words_of(body: bytes, redactor: Redactor) -> str:
    """At most 2,000 characters: the message of a JSON error, the text of an HTML page, else the body."""
    try:
        found = _said(orjson.loads(body), depth=3) or body.decode()
    except orjson.JSONDecodeError:
        text = body.decode("utf-8", errors="replace")
        found = _readable(text) if text.lstrip()[:1] == "<" else text
    return tidy(found, redactor)


def tidy(text: str, redactor: Redactor) -> str:
    """One line without control characters, secrets masked, cut to 2,000 characters."""
    # Invisible characters go first: they could split a key that is whole again once they are gone.
    visible = "".join(c if c.isprintable() else _in_place_of(c) for c in text)
    return redactor.text(" ".join(visible.split()))[:WORDS_LIMIT]


def _in_place_of(c: str) -> str:
    return " " if c.isspace() or unicodedata.category(c) == "Zs" else ""


def _said(value: Any, depth: int) -> str:
    if isinstance(value, str):
        return value
    if depth and isinstance(value, list):
        return "; ".join(filter(None, (_said(item, depth - 1) for item in value[:50])))
    if depth and isinstance(value, dict):
        return next(filter(None, (_said(value.get(field), depth - 1) for field in FIELDS)), "")
    return ""


def _readable(page: str) -> str:
    title = _TITLE.search(page)
    text = _TAG.sub(" ", _INVISIBLE.sub(" ", page))
    return html.unescape(f"{title[1]} {text}" if title else text)
