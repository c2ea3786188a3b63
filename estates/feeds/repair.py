"""Makes a feed that was written wrongly into one that says the same in well-formed UTF-8."""

import codecs
import html
import re
from collections.abc import Iterator
from pathlib import Path

BLOCK = 1 << 18
LONGEST_REFERENCE = 40
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'

_SAYS = re.compile(r"\s*<\?xml\s[^>]*\?>\s*")
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MARKS = re.compile(r"<!\[CDATA\[|\]\]>|<!--|-->|&(?:#?\w{1,32};)?", re.ASCII)
_OPENS = {"<![CDATA[": "]]>", "<!--": "-->"}
_OWN = frozenset(("&amp;", "&lt;", "&gt;", "&quot;", "&apos;"))


def repair(source: Path, encoding: str, target: Path) -> None:
    """Writes `source` to `target` as UTF-8 with a right declaration.

    Control characters go, an ampersand that begins no reference becomes `&amp;`, HTML's names such as `&nbsp;`
    become what they stand for. `encoding` is a codec's name, or "undeclared": UTF-8 with other bytes read as
    windows-1252. One block at a time is in memory.
    """
    mending = _Mending()
    with target.open("w", encoding="utf-8", errors="replace", newline="") as out:
        out.write(DECLARATION)
        first = True
        for text in _decoded(source, encoding):
            if first:
                text = _SAYS.sub("", text.lstrip("\ufeff \t\r\n\0"), count=1).lstrip()
                first = not text
            out.write(mending.mend(text))
        out.write(mending.mend("", last=True))


def _decoded(source: Path, encoding: str) -> Iterator[str]:
    name, errors = ("utf-8", "windows") if encoding == "undeclared" else (encoding, "windows")
    decoder = codecs.getincrementaldecoder(name)(errors)
    with source.open("rb") as file:
        while block := file.read(BLOCK):
            yield decoder.decode(block)
    yield decoder.decode(b"", True)


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """What is no character of the encoding is taken as windows-1252, and dropped where that has none either."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("windows-1252", "ignore"), error.end


codecs.register_error("windows", _as_windows)


class _Mending:
    """Mends a text that comes in pieces: a mark may lie across two of them."""

    def __init__(self) -> None:
        self._held = ""
        self._inside = ""

    def mend(self, text: str, last: bool = False) -> str:
        text = _ILLEGAL.sub("", self._held + text)
        end = len(text) if last else _safe_end(text)
        self._held = text[end:]
        return _MARKS.sub(self._mended, text[:end])

    def _mended(self, found: re.Match[str]) -> str:
        mark = found[0]
        if self._inside:
            if mark == self._inside:
                self._inside = ""
            return mark
        if mark in _OPENS:
            self._inside = _OPENS[mark]
        return _reference(mark) if mark.startswith("&") else mark


def _safe_end(text: str) -> int:
    """Where the text can be cut so that no mark is cut."""
    end = max(0, len(text) - LONGEST_REFERENCE)
    while 0 < end < len(text) and text[end - 1] in "&<![-]>CDAT":
        end -= 1
    start = text.rfind("&", max(0, end - LONGEST_REFERENCE), end)
    return start if start >= 0 and ";" not in text[start:end] else end


def _reference(mark: str) -> str:
    if mark in _OWN:
        return mark
    if not mark.endswith(";"):
        return html.escape(mark)
    meant = html.unescape(mark)
    if meant == mark:
        return html.escape(mark)
    return "".join(f"&#{ord(letter)};" for letter in _ILLEGAL.sub("", meant))
