"""Text as people wrote it, whether a remote system keeps it plain or as HTML. Nothing here raises."""

from __future__ import annotations

import html
import re
import unicodedata

INPUT_LIMIT = 1_000_000
TEXT_LIMIT = 100_000
LINE_LIMIT = 255
ROUNDS = 3
"""How often a text may have been escaped on its way."""

_BREAKING = "p|div|br|hr|li|ul|ol|tr|table|blockquote|pre|h[1-6]|section|article|header|footer|dd|dt|dl"
_OTHER = (
    "html|head|body|title|style|script|span|a|b|i|u|s|em|strong|small|big|sub|sup|code|font|center|img|td|th"
)
# A text with one of these is HTML; without, "prix < 300 000 et > 200" and "Jean <jean@x.fr>" stay as they are.
_KNOWN = re.compile(rf"</?(?:{_BREAKING}|{_OTHER}|tbody|thead|meta|link)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_BREAK = re.compile(rf"<(?:/(?:{_BREAKING})|br|hr)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z][\w:-]*(?:\s[^<>]*)?/?>", re.IGNORECASE)
_HIDDEN = tuple(
    (re.compile(rf"<{name}(?:\s[^<>]*)?>", re.IGNORECASE), re.compile(rf"</{name}\s*>", re.IGNORECASE))
    for name in ("script", "style", "head", "title")
)
_COMMENT = (re.compile("<!--"), re.compile("-->"))
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_SOURCE_SPACE = re.compile(r"[ \t\r\n\f]+")
_LINE_END = re.compile(r"\r\n?|[\v\f\x85\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_GAP = re.compile(r"\n{3,}")


def plain_text(text: str, limit: int = TEXT_LIMIT) -> str:
    """At most `limit` characters, without tags, control characters and halves of characters; lines as written.

    Of longer texts than a million characters only the beginning is looked at.
    """
    readable = _readable(storable(text[:INPUT_LIMIT]))
    lines = _LINE_END.sub("\n", readable)
    ends = (line.rstrip(" \t") for line in _CONTROL.sub("", lines).split("\n"))
    return _GAP.sub("\n\n", "\n".join(ends)).strip()[:limit]


def one_line(text: str, limit: int = LINE_LIMIT) -> str:
    """A name or a heading: as `plain_text`, but tags stay and white space is one space."""
    visible = _CONTROL.sub(" ", storable(text[: limit * 4]))
    return " ".join(visible.split())[:limit]


def normalised(text: str) -> str:
    """What is left of a text however a system sends it back: no HTML, escaped or not, one space between words, NFC.

    Two texts that differ only in tags are the same; a text of nothing but tags is "". For comparing, not to be shown.
    """
    for _ in range(ROUNDS):
        before, text = text, plain_text(text)
        if text == before:
            break
    return unicodedata.normalize("NFC", " ".join(text.split()))


def storable(text: str) -> str:
    """Without NUL, and with a sign in the place of half a character."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\0", "")


def _readable(text: str) -> str:
    if _KNOWN.search(text) is None:
        return _unescaped(text)
    for begins, ends in (*_HIDDEN, _COMMENT):
        text = _without(text, begins, ends)
    if _BREAK.search(text):
        # Where lines are made by tags, those of the source mean nothing.
        text = _BREAK.sub("\n", _SOURCE_SPACE.sub(" ", text))
        text = "\n".join(line.strip(" ") for line in text.split("\n"))
    return _unescaped(_TAG.sub("", text))


def _unescaped(text: str) -> str:
    """Complete entities only: "?a=1&copy=2" is an address."""
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text)


def _without(text: str, begins: re.Pattern[str], ends: re.Pattern[str]) -> str:
    """What lies between is left out; a beginning without an end hides nothing."""
    kept, at = [], 0
    while (first := begins.search(text, at)) and (last := ends.search(text, first.end())):
        kept.append(text[at : first.start()])
        at = last.end()
    return "".join([*kept, text[at:]])
