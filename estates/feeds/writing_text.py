"""Text, numbers and days as they stand in a feed's XML. Whatever a feed says of a listing goes through here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from math import isfinite

UTF_8, WINDOWS_1252 = "utf-8", "windows-1252"
DECLARATIONS = {
    UTF_8: '<?xml version="1.0" encoding="UTF-8"?>\n',
    WINDOWS_1252: '<?xml version="1.0" encoding="windows-1252"?>\n',
}
BLOCK = 1 << 16
"""Characters that are written at once."""
ILLEGAL = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no place for, escaped or not; and the carriage return, of which line ends are made."""


def text(value: str) -> str:
    """A text between two tags. Characters that XML can't hold are left out, and line ends are `\\n`."""
    if not value.isprintable():
        value = ILLEGAL.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    if "&" in value:
        value = value.replace("&", "&amp;")
    if "<" in value:
        value = value.replace("<", "&lt;")
    return value.replace(">", "&gt;") if ">" in value else value


def attribute(value: str) -> str:
    """A text between double quotes. A reader would make blanks of its line ends and tabs, if they were bare."""
    return text(value).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")


def leaf(name: str, value: str) -> str:
    """An element that holds a text; nothing for an empty one."""
    return f"<{name}>{text(value)}</{name}>" if value else ""


def number(name: str, value: Decimal | int | None) -> str:
    """An element that holds a number, with a dot and without an exponent; nothing for none and for no number."""
    if value is None or (isinstance(value, Decimal) and not value.is_finite()):
        return ""
    return f"<{name}>{value:f}</{name}>" if isinstance(value, Decimal) else f"<{name}>{value}</{name}>"


def degrees(value: float | None) -> str:
    """Degrees to a tenth of a millimetre; "" for what is no number."""
    if value is None or not isfinite(value):
        return ""
    return f"{value:.9f}".rstrip("0").rstrip(".")


def encoded(pieces: Iterable[str], encoding: str) -> Iterator[bytes]:
    """The document in blocks; a character that the encoding lacks is written as its number."""
    if encoding not in DECLARATIONS:
        raise ValueError(f"no feed is written in {encoding}")
    held, size = [DECLARATIONS[encoding]], 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= BLOCK:
            yield "".join(held).encode(encoding, "xmlcharrefreplace")
            held, size = [], 0
    yield "".join(held).encode(encoding, "xmlcharrefreplace")
