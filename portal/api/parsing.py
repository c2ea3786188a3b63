"""Bodies in JSON: read as they are, short of what no database can hold."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser


class TextParser(Parser):
    """Refuses NUL within strings; what it raises is answered with 400."""

    def parse_body(self, request: HttpRequest) -> Any:
        found = super().parse_body(request)
        if b"\\u0000" in request.body and _has_nul(found):
            raise ValueError("NUL in a string")
        return found


def _has_nul(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_has_nul(part) for pair in value.items() for part in pair)
    if isinstance(value, list):
        return any(map(_has_nul, value))
    return isinstance(value, str) and "\0" in value
