"""JSON that parsers or databases refuse, although a person could read it."""

from __future__ import annotations

import codecs
import json
import re
from typing import Any

# From left to right, so that the backslash of an escaped backslash begins no other escape.
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(?P<half>u[dD][89a-fA-F][0-9a-fA-F]{2})|(?P<nul>u0000)|.)",
    re.DOTALL,
)
LONGEST_INTEGER = 18


def without_lone_surrogates(text: bytes) -> bytes:
    """Each half of a character, as a text cut inside an emoji ends with, becomes U+FFFD."""
    return _ESCAPE.sub(lambda found: b"\\ufffd" if found["half"] else found[0], text)


def without_nul(text: bytes) -> bytes:
    """Each escaped NUL is left out."""
    return _ESCAPE.sub(lambda found: b"" if found["nul"] else found[0], text)


def loads_leniently(text: bytes) -> Any:
    """Parses JSON without lone surrogates, but perhaps with stray bytes, which are taken for windows-1252, with
    control characters inside strings, and with NaN or Infinity, which become None.

    Integers of more than 18 digits become floats, as with orjson. Raises ValueError or RecursionError.
    """
    readable = text.decode("utf-8", _WINDOWS)
    return json.loads(readable, strict=False, parse_int=_integer, parse_constant=lambda word: None)


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= LONGEST_INTEGER else float(digits)


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("windows-1252", "replace"), error.end


_WINDOWS = "passerelle.windows-1252"
codecs.register_error(_WINDOWS, _as_windows_1252)
