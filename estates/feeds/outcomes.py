"""What reading a feed gives: listings, those that had to be set apart, and notes on what was odd."""

from __future__ import annotations

from dataclasses import dataclass

from estates.feeds.listing import Listing
from estates.feeds.reasons import Oddity, Reason


class Unreadable(Exception):
    """A file that nothing is taken from. `words` is technical, in English, and may hold what the file says."""

    def __init__(self, reason: Reason, words: str = "", line: int | None = None) -> None:
        super().__init__(reason, words, line)
        self.reason = reason
        self.words = words[:500]
        self.line = line


@dataclass(frozen=True, slots=True)
class Note:
    """Something odd in a listing that is used all the same; `path` as in `preise/kaufpreis`, with what it held."""

    code: Oddity
    path: str
    words: str = ""


@dataclass(slots=True)
class Read:
    """A listing. `ordinal` counts every listing's element of the file from 0, whether it can be used or not.

    It is made as often as `Listing`, and like that not frozen.
    """

    ordinal: int
    line: int
    listing: Listing
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class SetApart:
    """A listing that can't be used, and why."""

    ordinal: int
    line: int
    external_id: str
    path: str
    reason: Reason
    words: str = ""
