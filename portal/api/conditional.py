"""Answers that say what they are a version of, and are not sent to whom has that version (RFC 9110, 13.1.2)."""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse

FRESH = {"Cache-Control": "private, no-cache"}
"""Whoever keeps an answer asks each time whether it still holds."""
_OPAQUE = re.compile(r'"[^"]*"|\*')


def tag_of(*parts: Any) -> str:
    """A weak validator: the parts are plain values, and the same parts are the same answer."""
    raw = b"".join(part if type(part) is bytes else orjson.dumps(part, default=str) for part in parts)
    return f'W/"{blake2b(raw, digest_size=12).hexdigest()}"'


def asks_for_change(request: HttpRequest) -> bool:
    """Whether the caller holds some version already."""
    return "HTTP_IF_NONE_MATCH" in request.META


def holds(request: HttpRequest, tag: str) -> bool:
    """Whether the caller holds this very version, or said `*`, which is any."""
    named = _OPAQUE.findall(request.META.get("HTTP_IF_NONE_MATCH", ""))
    return tag.removeprefix("W/") in named or "*" in named


def unchanged(tag: str) -> HttpResponse:
    answer = HttpResponse(status=304, headers=FRESH | {"ETag": tag})
    del answer.headers["Content-Type"]
    return answer


def answered(
    request: HttpRequest, raw: bytes, status: int = 200, tag: str | None = None, **headers: str
) -> HttpResponse:
    """A ready JSON text with its tag (that of its bytes if none is given), or 304 for whom has it."""
    tag = tag or tag_of(raw)
    if holds(request, tag):
        return unchanged(tag)
    return HttpResponse(
        raw, status=status, content_type="application/json", headers=FRESH | {"ETag": tag} | headers
    )
