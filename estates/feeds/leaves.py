"""What a section of a listing holds, and its values, with a note for each that can't be read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from xml.etree.ElementTree import Element

from estates.feeds import values
from estates.feeds.names import LOCAL
from estates.feeds.outcomes import Note
from estates.feeds.reasons import Oddity

LONGEST_WORDS = 80


class Leaves:
    """The children of one section by their local names; of several of one name, the first that says something."""

    __slots__ = ("_found", "_notes", "_section")

    def __init__(self, section: str, element: Element | None, notes: list[Note]) -> None:
        self._section, self._notes = section, notes
        children = () if element is None else element[:]
        self._found = {LOCAL[child.tag]: child for child in children}
        if len(children) != len(self._found):
            self._found = _first_that_say_something(children)

    def get(self, name: str) -> Element | None:
        return self._found.get(name)

    def text(self, name: str) -> str:
        child = self._found.get(name)
        said = None if child is None else child.text
        return said.strip() if said else ""

    def first_text(self, *names: str) -> str:
        """The first of these that is not blank."""
        for name in names:
            if said := self.text(name):
                return said
        return ""

    def attribute(self, name: str, attribute: str) -> str:
        child = self._found.get(name)
        return "" if child is None else (child.get(attribute) or "").strip()

    def number(self, *names: str) -> Decimal | None:
        """The first of these that is a number; what is neither one nor blank is noted."""
        for name in names:
            child = self._found.get(name)
            said = None if child is None else child.text
            if not said:
                continue
            found = values.number(said)
            if found is not None:
                return found
            if said.strip():
                self.note(Oddity.NOT_A_NUMBER, name, said)
        return None

    def whole(self, *names: str) -> int | None:
        found = self.number(*names)
        whole = None if found is None else int(found)
        return whole if whole == found else None

    def degrees(self, name: str, attribute: str = "") -> float | None:
        said = self.attribute(name, attribute) if attribute else self.text(name)
        if not said:
            return None
        found = values.number(said)
        if found is None:
            self.note(Oddity.NOT_A_NUMBER, f"{name}@{attribute}" if attribute else name, said)
            return None
        return float(found)

    def day(self, *names: str) -> date | None:
        said = self.first_text(*names)
        found = values.day(said) if said else None
        if said and found is None:
            self.note(Oddity.NOT_A_DATE, names[0], said)
        return found

    def note(self, code: Oddity, name: str, words: str = "") -> None:
        path = f"{self._section}/{name}" if self._section else name
        self._notes.append(Note(code, path, words.strip()[:LONGEST_WORDS]))


def _first_that_say_something(children: Iterable[Element]) -> dict[str, Element]:
    found: dict[str, Element] = {}
    for child in children:
        name = LOCAL[child.tag]
        if name not in found or not (found[name].text or found[name].attrib or len(found[name])):
            found[name] = child
    return found


def sections(listing: Element, wanted: Iterable[str], notes: list[Note]) -> list[Leaves]:
    """The named sections, wherever among the listing's children they stand; an absent one is empty."""
    whole = Leaves("", listing, notes)
    return [Leaves(name, whole.get(name), notes) for name in wanted]
