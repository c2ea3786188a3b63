"""The files that a listing asks for by `pfad`, without reading all of the listing."""

from __future__ import annotations

import html
import re
from pathlib import Path

BLOCK = 1 << 20
OVERLAP = 2048
_PATH = re.compile(rb"<(?:[\w.-]+:)?pfad(?:\s[^<>]*)?>\s*(?:<!\[CDATA\[)?([^<\]]{1,1000})[<\]]")


def asked_pictures(xml: Path, begin: int, end: int, encoding: str) -> list[str]:
    """The names between two offsets, each once and in their order; web addresses are left out."""
    found: dict[str, None] = {}
    with xml.open("rb") as file:
        file.seek(begin)
        at, held = begin, b""
        while at < end:
            block = file.read(min(BLOCK, end - at))
            at += len(block)
            for path in _PATH.findall(held + block):
                found[html.unescape(path.decode(encoding, "replace")).strip()] = None
            held = block[-OVERLAP:]
    return [name for name in found if name and "://" not in name]
