"""Reading a feed's file, listing by listing, in a bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from estates.feeds import idealista_reading, openimmo_reading
from estates.feeds.heads import OPENIMMO
from estates.feeds.listing import Listing
from estates.feeds.outcomes import Note, Read, SetApart, Unreadable
from estates.feeds.patient import MOST_DEPTH
from estates.feeds.reasons import Oddity, Reason
from estates.feeds.source import Source, opened
from estates.feeds.trees import Tree, trees

__all__ = ["Note", "Read", "SetApart", "Source", "Unreadable", "opened", "read"]

MOST_NUMBERS = 500_000
"""Numbers that are remembered to notice one that is seen twice: what a memory of some tens of megabytes holds."""


def read(source: Source) -> Iterator[Read | SetApart]:
    """Every listing of the feed in its order. Raises `Unreadable` where the file stops being well-formed XML."""
    reading = _Reading(source)
    for tree in trees(source.xml, source.head):
        yield reading.result(tree)


class _Reading:
    def __init__(self, source: Source) -> None:
        self._openimmo = source.format == OPENIMMO
        self._modus = source.head.transfer.get("modus", "").strip().upper()
        self._seen: set[int] = set()
        path = openimmo_reading.NUMBER_PATH if self._openimmo else idealista_reading.NUMBER_PATH
        self._number_path = f"{source.head.record}/{path}"

    def result(self, tree: Tree) -> Read | SetApart:
        if tree.flaw:
            return SetApart(tree.ordinal, tree.line, "", "", tree.flaw)
        if tree.tags > 2 * MOST_DEPTH and depth(tree.element) > MOST_DEPTH:
            return SetApart(tree.ordinal, tree.line, "", "", Reason.TOO_DEEP)
        notes: list[Note] = []
        listing = self._listing(tree.element, notes)
        if listing is None:
            return SetApart(tree.ordinal, tree.line, "", self._number_path, Reason.NO_NUMBER)
        self._remember(listing.external_id, notes)
        return Read(tree.ordinal, tree.line, listing, tuple(notes))

    def _listing(self, element: Element, notes: list[Note]) -> Listing | None:
        if self._openimmo:
            return openimmo_reading.listing_of(element, notes, self._modus)
        return idealista_reading.listing_of(element, notes)

    def _remember(self, number: str, notes: list[Note]) -> None:
        known = hash(number)
        if known in self._seen:
            notes.append(Note(Oddity.NUMBER_SEEN_TWICE, self._number_path, number))
        elif len(self._seen) < MOST_NUMBERS:
            self._seen.add(known)


def depth(element: Element) -> int:
    """How deep an element is nested, itself counted; asked level by level, as deep ones are what it looks for."""
    level, found = [element], 0
    while level and found <= MOST_DEPTH:
        level = [child for parent in level for child in parent]
        found += 1
    return found
