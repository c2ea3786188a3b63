"""A guard against tags, comments and instructions that do not end: expat looks through one anew with each block."""

from xml.parsers.expat import XMLParserType

from estates.feeds.outcomes import Unreadable
from estates.feeds.reasons import Reason

MOST = 4_000_000
"""Bytes. Texts, however long, are no such thing: they are given out as they come."""


def refuse_endless(parser: XMLParserType, fed: int) -> None:
    """Raises `Unreadable` where the parser, which was `fed` so many bytes, still waits for an end far behind them."""
    at = parser.CurrentByteIndex
    if 0 <= at < fed - MOST:
        words = f"a tag, comment or instruction of more than {MOST} bytes"
        raise Unreadable(Reason.BOMB, words, parser.CurrentLineNumber)
