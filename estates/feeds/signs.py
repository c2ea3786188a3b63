"""A look over a feed's bytes for what a parser would trip over, or would silently read wrongly.

It costs about a third of a parse: whether a file is well formed is then asked of the parser only where there is a
sign that it may not be.
"""

import codecs
import re
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from estates.feeds.encodings import LATIN_1, UTF_8, WINDOWS
from estates.feeds.outcomes import Unreadable
from estates.feeds.reasons import Reason

BLOCK = 1 << 20
LONGEST_TAG = 1 << 20
"""Bytes of one tag, comment or instruction: a parser holds it in memory, and tags of a megabyte are no feed's."""

CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r")
C1 = bytes(range(0x80, 0xA0))
UNDEFINED = b"\x81\x8d\x8f\x90\x9d"
"""Bytes that windows-1252 gives no character."""
LONGEST_REFERENCE = 10
AMPERSAND = re.compile(
    rb"&(?!amp;|lt;|gt;|quot;|apos;|#(?:9|10|13|[3-9]\d|\d{3,4});|#x(?:9|a|d|[2-9a-f][0-9a-f]|[0-9a-f]{3,4});)",
    re.IGNORECASE,
)
_LAST_WORDS = re.compile(rb"</[^<>]+>\s*(?:<!--[^<>]*-->\s*)?\Z")


@dataclass
class Signs:
    """`repair`: it can't be right as it is. `doubt`: the parser has to be asked."""

    utf8: bool = True
    high: bool = False
    c1: bool = False
    undefined: bool = False
    controls: bool = False
    ampersands: bool = False
    leading: bool = False
    cut: bool = False

    def true_encoding(self, said: str) -> str:
        """What the bytes really are: labels lie, but what is valid UTF-8 beyond ASCII hardly is so by chance."""
        if self.high and self.utf8:
            return UTF_8
        if said == UTF_8 and not self.utf8:
            return "undeclared"
        return WINDOWS if said == LATIN_1 and self.c1 else said

    def broken(self, said: str) -> bool:
        """Whether a parser would refuse the file, or would read other letters than were meant."""
        other = self.true_encoding(said) != said
        return self.controls or self.leading or other or (said == WINDOWS and self.undefined)

    @property
    def doubtful(self) -> bool:
        return self.ampersands or self.cut


def look(path: Path) -> Signs:
    """Reads the file once. Raises `Unreadable` for a tag that never ends."""
    signs, tail = Signs(), b""
    decoder, pending = codecs.getincrementaldecoder("utf-8")(), 0
    with path.open("rb") as file:
        signs.leading = _leading(file)
        while block := file.read(BLOCK):
            _look_at(signs, block, tail)
            signs.utf8 = signs.utf8 and _valid(decoder, block)
            pending = _open_tag(block, pending)
            if pending > LONGEST_TAG:
                raise Unreadable(Reason.BOMB, "a tag of more than a megabyte")
            tail = block[-2048:] if len(block) >= 2048 else (tail + block)[-2048:]
    signs.utf8 = signs.utf8 and _valid(decoder, b"", final=True)
    signs.cut = not _LAST_WORDS.search(tail)
    return signs


def _leading(file: BinaryIO) -> bool:
    """Whether something stands before the declaration; what has no declaration may begin with blanks."""
    start = file.read(1024).removeprefix(codecs.BOM_UTF8)
    file.seek(0)
    return start != start.lstrip() and start.lstrip().startswith(b"<?xml")


def _look_at(signs: Signs, block: bytes, before: bytes) -> None:
    if not block.isascii():
        signs.high = True
        signs.c1 = signs.c1 or len(block.translate(None, C1)) != len(block)
        signs.undefined = signs.undefined or len(block.translate(None, UNDEFINED)) != len(block)
    if not signs.controls:
        signs.controls = len(block.translate(None, CONTROLS)) != len(block)
    if not signs.ampersands:
        text = before[-LONGEST_REFERENCE:] + block
        found = AMPERSAND.search(text)
        signs.ampersands = found is not None and found.start() < len(text) - LONGEST_REFERENCE


def _valid(decoder: codecs.IncrementalDecoder, block: bytes, final: bool = False) -> bool:
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError:
        return False
    return True


def _open_tag(block: bytes, pending: int) -> int:
    """How many bytes the tag has by now that is open at the block's end."""
    opened, closed = block.rfind(b"<"), block.rfind(b">")
    if opened > closed:
        return len(block) - opened
    return pending + len(block) if pending and closed < 0 else 0
