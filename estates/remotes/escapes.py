"""Escapes that JSON allows and that databases, or parsers, refuse. Both functions take and give JSON text."""

from __future__ import annotations

import re

# From left to right, so that the backslash of an escaped backslash begins no other escape.
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(?P<half>u[dD][89a-fA-F][0-9a-fA-F]{2})|(?P<nul>u0000)|.)",
    re.DOTALL,
)


def without_lone_surrogates(json: bytes) -> bytes:
    """Each half of a character, as a text cut inside an emoji ends with, becomes U+FFFD."""
    return _ESCAPE.sub(lambda found: b"\\ufffd" if found["half"] else found[0], json)


def without_nul(json: bytes) -> bytes:
    """Each escaped NUL is left out."""
    return _ESCAPE.sub(lambda found: b"" if found["nul"] else found[0], json)
