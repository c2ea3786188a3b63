"""In which encoding a feed's file says it is, and how its bytes are looked at."""

import codecs
import re
from pathlib import Path

from estates.feeds.outcomes import Unreadable
from estates.feeds.reasons import Reason

UTF_8, UTF_16, LATIN_1, WINDOWS = "utf-8", "utf-16", "iso-8859-1", "windows-1252"

NAMES = {
    **dict.fromkeys(("utf-8", "utf8", "us-ascii", "ascii", ""), UTF_8),
    **dict.fromkeys(("utf-16", "utf-16le", "utf-16be", "utf16", "ucs-2"), UTF_16),
    **dict.fromkeys(("iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1"), LATIN_1),
    **dict.fromkeys(("windows-1252", "cp1252", "cp-1252", "win-1252", "ansi"), WINDOWS),
    "iso-8859-15": "iso-8859-15",
    "iso-8859-2": "iso-8859-2",
    "windows-1250": "windows-1250",
}
"""The encodings that are taken, by what declarations call them. UTF-7 and the like hide a DOCTYPE: not taken."""

BOMS = ((codecs.BOM_UTF8, UTF_8), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
WIDE_STARTS = ((re.compile(rb"<\0[^\0]\0"), "utf-16-le"), (re.compile(rb"\0<\0[^\0]"), "utf-16-be"))
UTF_32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, b"\0\0\0<", b"<\0\0\0")
HEAD = 1024

_DECLARATION = re.compile(rb"\s*<\?xml\s[^>]*?encoding\s*=\s*[\"']([^\"']{0,40})[\"'][^>]*\?>")


_START = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\0]*<")


def begins_like_xml(path: Path) -> bool:
    """Whether a tag is the first thing in a file, in whatever encoding."""
    with path.open("rb") as file:
        return _START.match(file.read(HEAD)) is not None


def declared(path: Path) -> tuple[str, str]:
    """(encoding, word): by the first bytes, else by the declaration, else UTF-8; and the declaration's own word."""
    with path.open("rb") as file:
        start = file.read(HEAD)
    if start.startswith(UTF_32):
        raise Unreadable(Reason.ENCODING, "UTF-32")
    for mark, name in BOMS:
        if start.startswith(mark) and name != UTF_8:
            return name, name
    for pattern, name in WIDE_STARTS:
        if pattern.match(start):
            return name, name
    found = _DECLARATION.match(start.removeprefix(codecs.BOM_UTF8))
    word = found[1].decode("latin-1") if found else ""
    name = NAMES.get(word.strip().lower(), "")
    if not name:
        raise Unreadable(Reason.ENCODING, word, line=1)
    if name == UTF_16 or start.startswith(codecs.BOM_UTF8):
        name = UTF_8  # these bytes are not of two bytes a character, whatever they say
    return name, word
