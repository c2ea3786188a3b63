"""Records of an XML feed, one after the other: local names only, no DOCTYPE, no more of them than are allowed."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import BinaryIO
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from portal.sandbox.messages import Refusal

PIECE = 64 * 1024


class TooMany(Exception):
    """There are more records than one request may hold."""


class _Target:
    """Builds the tree of one record at a time and hands it over."""

    def __init__(self, wanted: Collection[str], take: Callable[[Element], None]) -> None:
        self.wanted, self.take = wanted, take
        self.root = ""
        self._builder: TreeBuilder | None = None
        self._depth = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = _local(tag)
        self.root = self.root or name
        if self._builder is None and name in self.wanted:
            self._builder = TreeBuilder()
        if self._builder is not None:
            self._builder.start(name, {_local(key): value for key, value in attributes.items()})
            self._depth += 1

    def end(self, tag: str) -> None:
        if self._builder is None:
            return
        self._builder.end(_local(tag))
        self._depth -= 1
        if not self._depth:
            record, self._builder = self._builder.close(), None
            self.take(record)

    def data(self, text: str) -> None:
        if self._builder is not None:
            self._builder.data(text)

    def doctype(self, *declared: str | None) -> None:
        raise Refusal(400, "A DOCTYPE is not allowed")

    def close(self) -> str:
        return self.root


def read_records(file: BinaryIO, wanted: Collection[str], take: Callable[[Element], None], most: int) -> str:
    """Calls `take` with each element whose local name is in `wanted`; the root's local name.

    Raises `Refusal` 400 for what is no XML or has a DOCTYPE, and TooMany.
    """
    seen = 0

    def counted(record: Element) -> None:
        nonlocal seen
        seen += 1
        if seen > most:
            raise TooMany
        take(record)

    parser = XMLParser(target=_Target(wanted, counted))  # noqa: S314 - a DOCTYPE, and so an entity, is refused
    try:
        while piece := file.read(PIECE):
            parser.feed(piece)
        return str(parser.close())
    except (ParseError, ValueError, LookupError) as error:
        raise Refusal(400, f"The XML cannot be read: {error}") from None


def said(record: Element, *paths: str) -> str:
    """The text, or with `a/b@c` the attribute, of the first path that has one; "" otherwise."""
    for path in paths:
        place, _, attribute = path.partition("@")
        found = record.find(place) if place else record
        value = None if found is None else found.get(attribute) if attribute else found.text
        if value and value.strip():
            return value.strip()
    return ""


def number_in(text: str) -> float | str | None:
    """A number; the text itself where it is none, so that validation complains about it."""
    try:
        return float(text) if text else None
    except ValueError:
        return text


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
