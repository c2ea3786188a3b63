"""A feed's listings as element trees, one after the other.

The trees are built in C. Python takes part at the ends of listings only: the file is given to the parser in pieces
that end where an end tag seems to stand, and which listings are complete then is asked of the tree, so that a comment
or a CDATA section that holds such a tag deceives nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, NamedTuple
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from estates.feeds.heads import MOST_DEPTH, Head
from estates.feeds.names import LOCAL
from estates.feeds.outcomes import Unreadable
from estates.feeds.patient import patient_trees
from estates.feeds.reasons import Reason

BLOCK = 1 << 14
"""Small enough that the elements of one block stay in the processor's cache: a fifth faster than a large one."""
LONGEST_NAME = 200
MOST_AT_ONCE = 1 << 19
"""Bytes since the last listing ended from which on the rest of the file is read patiently."""


class Tree(NamedTuple):
    """A listing's element. Nested more deeply than half of `tags` it is not; `flaw` says why it is not complete."""

    ordinal: int
    line: int
    element: Element
    tags: int
    flaw: Reason | None = None


class _Overlong(Exception):
    pass


def trees(xml: Path, head: Head) -> Iterator[Tree]:
    """Every listing of the file in its order. Raises `Unreadable` where the file stops being XML."""
    quick, count = _Quick(head), 0
    try:
        for tree in quick.read(xml):
            count += 1
            yield tree
    except _Overlong:
        yield from (Tree(*found) for found in patient_trees(xml, head.record, count))


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    """The file in blocks that cut no name of a tag."""
    held = b""
    while block := file.read(BLOCK):
        block = held + block
        cut = block.rfind(b"<", -LONGEST_NAME)
        held = block[cut:] if cut >= 0 else b""
        yield block[: len(block) - len(held)]
    yield held


class _Quick:
    def __init__(self, head: Head) -> None:
        self._record = head.record
        self._end = b"</" + head.tag + b">"
        self._start = re.compile(b"<" + re.escape(head.tag) + rb"[\s/>]")
        self._builder = TreeBuilder()
        self._parser = XMLParser(target=self._builder)  # noqa: S314  a DOCTYPE was refused before
        self._fed, self._line = b"", 1  # what was fed since the last harvest, and the line that it begins on
        self._count = 0

    def read(self, xml: Path) -> Iterator[Tree]:
        try:
            with xml.open("rb") as file:
                for block in _blocks(file):
                    cut = block.rfind(self._end) + len(self._end)
                    if cut >= len(self._end):
                        self._feed(block[:cut])
                        yield from self._harvest()
                        block = block[cut:]
                    self._feed(block)
                    if len(self._fed) > MOST_AT_ONCE:
                        yield from self._harvest()
                    if len(self._fed) > MOST_AT_ONCE:
                        raise _Overlong
                self._parser.close()
            yield from self._harvest(complete=True)
        except ParseError as broken:
            raise Unreadable(Reason.NOT_XML, str(broken), broken.position[0]) from broken

    def _feed(self, piece: bytes) -> None:
        self._parser.feed(piece)
        self._fed += piece

    def _harvest(self, complete: bool = False) -> Iterator[Tree]:
        """What the tree holds of complete listings, which are then taken out of it."""
        if self._builder.close() is None:
            return
        path = [] if complete else self._open_path()
        if any(LOCAL[element.tag] == self._record for element in path[1:]):
            return
        if len(path) > MOST_DEPTH:
            raise Unreadable(Reason.BOMB, "nested too deeply", self._line + self._fed.count(b"\n"))
        root = self._builder.close()
        found = list(self._records(root))
        for element, (line, tags) in zip(found, self._places(len(found)), strict=True):
            yield Tree(self._count, line, element, tags)
            self._count += 1
        for number, parent in enumerate(path or [root]):
            parent[:] = path[number + 1 : number + 2]
        self._fed = b""

    def _places(self, count: int) -> list[tuple[int, int]]:
        """(line, tags) of the last listings. One in a comment makes more starts than there are listings."""
        fed, places, at = self._fed, [], 0
        starts = [found.start() for found in self._start.finditer(fed)]
        for start, end in pairwise([*starts, len(fed)]):
            self._line += fed.count(b"\n", at, start)
            places.append((self._line, fed.count(b"<", start, end)))
            at = start
        self._line += fed.count(b"\n", at)
        if len(places) == count:
            return places
        nearest = [self._line] * (count - len(places)) + [line for line, _ in places]
        return [(line, fed.count(b"<")) for line in nearest[len(nearest) - count :]]

    def _open_path(self) -> list[Element]:
        """The elements that are open, the root first: an element that is begun now becomes a child of the last."""
        try:
            probe = self._builder.start("probe", {})
        except ParseError:
            return []  # the root was closed
        path, element = [], self._builder.close()
        while element is not probe:
            path.append(element)
            element = element[-1]
        self._builder.end("probe")
        if path:
            del path[-1][-1]
        return path

    def _records(self, element: Element, depth: int = 1) -> Iterator[Element]:
        if depth > MOST_DEPTH:
            raise Unreadable(Reason.BOMB, "nested too deeply", self._line + self._fed.count(b"\n"))
        for child in element:
            if LOCAL[child.tag] == self._record:
                yield child
            elif len(child):
                yield from self._records(child, depth + 1)
