"""A feed's listings as element trees where one is very large: slower, but in a bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from estates.feeds.names import local
from estates.feeds.outcomes import Unreadable
from estates.feeds.reasons import Reason
from estates.feeds.tokens import refuse_endless

BLOCK = 1 << 16
MOST_ELEMENTS = 50_000
MOST_DEPTH = 300
LONGEST_TEXT = 1_000_000
"""Characters of one listing's texts; what base64 says of a picture inside is left out before."""

Found = tuple[int, int, Element, int, Reason | None]


def patient_trees(xml: Path, record: str, skipped: int) -> Iterator[Found]:
    """(ordinal, line, element, tags, flaw) of every listing but the first `skipped` ones. Raises `Unreadable`."""
    reading = _Patient(record, skipped)
    try:
        with xml.open("rb") as file:
            while block := file.read(BLOCK):
                reading.parser.Parse(block)
                refuse_endless(reading.parser, file.tell())
                yield from reading.taken()
        reading.parser.Parse(b"", True)
    except expat.ExpatError as broken:
        raise Unreadable(Reason.NOT_XML, str(broken), broken.lineno) from broken
    yield from reading.taken()


class _Patient:
    """Keeps a listing's elements, and forgets all around them."""

    def __init__(self, record: str, skipped: int) -> None:
        self._record, self._skipped = record, skipped
        self._count = 0
        self._found: list[Found] = []
        self._builder: TreeBuilder | None = None
        self._depth = self._elements = self._length = self._inside = self._line = 0
        self._flaw: Reason | None = None
        parser = self.parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data

    def taken(self) -> list[Found]:
        found, self._found = self._found, []
        return found

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        plain = local(name)
        if not self._depth:
            if plain != self._record:
                return
            self._begin()
        self._depth += 1
        self._elements += 1
        self._inside = 0
        self._length += sum(map(len, attributes.values()))
        if self._builder and self._fits():
            self._builder.start(plain, attributes)

    def _begin(self) -> None:
        self._builder = TreeBuilder() if self._count >= self._skipped else None
        self._line = self.parser.CurrentLineNumber
        self._elements = self._length = 0
        self._flaw = None

    def _fits(self) -> bool:
        """Whether the listing is still within the limits; beyond them, nothing more of it is kept."""
        if self._flaw is None and self._depth > MOST_DEPTH:
            self._flaw = Reason.TOO_DEEP
        elif self._flaw is None and (self._elements > MOST_ELEMENTS or self._length > LONGEST_TEXT):
            self._flaw = Reason.TOO_LARGE
        if self._flaw:
            self._builder = None
        return self._flaw is None

    def _data(self, text: str) -> None:
        if self._builder is None:
            return
        self._inside += len(text)
        if self._inside > LONGEST_TEXT // 4:
            return  # a text of this length is a file's content: its beginning says enough
        self._length += len(text)
        if self._fits():
            self._builder.data(text)

    def _end(self, name: str) -> None:
        if not self._depth:
            return
        self._depth -= 1
        self._inside = 0
        if self._builder:
            self._builder.end(local(name))
        if not self._depth:
            self._finish()

    def _finish(self) -> None:
        builder, self._builder = self._builder, None
        if self._count >= self._skipped:
            element = builder.close() if builder else Element(self._record)
            self._found.append((self._count, self._line, element, 2 * self._elements, self._flaw))
        self._count += 1
