"""What stands before a feed's first listing: which dialect it is, how much it holds, and from whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from estates.feeds import idealista_words, openimmo_words
from estates.feeds.listing import Scope
from estates.feeds.names import local
from estates.feeds.outcomes import Unreadable
from estates.feeds.reasons import Reason
from estates.feeds.tokens import refuse_endless

BLOCK = 1 << 14
MOST_DEPTH = 50
LONGEST_TEXT = 200

OPENIMMO, IDEALISTA = "openimmo", "idealista"
RECORDS = {
    OPENIMMO: frozenset(("immobilie",)),
    IDEALISTA: idealista_words.RECORDS | {"property"},
}
ROOTS = {"openimmo": OPENIMMO, "client": IDEALISTA, "clients": IDEALISTA, "openimmo_feedback": ""}
"""Roots that settle the dialect. Under any other one, the first listing's element does."""


@dataclass
class Head:
    """`record` is the local name of a listing's element, `tag` that name as the first one writes it."""

    format: str = ""
    record: str = ""
    tag: bytes = b""
    scope: Scope = Scope.UNSTATED
    sender: str = ""
    transfer: dict[str, str] = field(default_factory=dict)


def head_of(path: Path) -> Head:
    """Reads as far as the first listing. Raises `Unreadable` for a DOCTYPE, for what is no feed, for an empty one."""
    looking = _Looking()
    with path.open("rb") as file:
        while not looking.found and (block := file.read(BLOCK)):
            looking.feed(block)
    if not looking.found:
        looking.feed(b"", last=True)
    return looking.answer()


class _Looking:
    def __init__(self) -> None:
        self.head, self.found = Head(), False
        self._open: list[str] = []
        self._text = ""
        self._fed = 0
        parser = self._parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data

    def feed(self, block: bytes, last: bool = False) -> None:
        self._fed += len(block)
        try:
            self._parser.Parse(block, last)
            refuse_endless(self._parser, self._fed)
        except expat.ExpatError as broken:
            if not self.found:
                raise Unreadable(Reason.NOT_XML, str(broken), broken.lineno) from broken

    def answer(self) -> Head:
        if not self.found:
            known = self.head.format or (self._root in RECORDS_ROOTS)
            raise Unreadable(Reason.EMPTY if known else Reason.NOT_A_FEED, self._root)
        said = self.head.transfer.get("umfang", "").strip().upper()
        self.head.scope = openimmo_words.SCOPES.get(said, Scope.UNSTATED)
        return self.head

    _root = ""

    def _doctype(self, name: str, *_: object) -> None:
        raise Unreadable(Reason.DOCTYPE, name, self._parser.CurrentLineNumber)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if self.found:
            return
        plain = local(name)
        if not self._open:
            self._root = plain
            self.head.format = ROOTS.get(plain, "")
            if ROOTS.get(plain) == "":
                raise Unreadable(Reason.NOT_A_FEED, plain, self._parser.CurrentLineNumber)
        elif self._is_record(plain):
            self.head.record, self.head.tag, self.found = plain, name.encode(), True
        if plain == "uebertragung":
            self.head.transfer.update(attributes)
        self._open.append(plain)
        self._text = ""
        if len(self._open) > MOST_DEPTH:
            raise Unreadable(Reason.BOMB, "nested too deeply", self._parser.CurrentLineNumber)

    def _is_record(self, name: str) -> bool:
        for dialect in (self.head.format,) if self.head.format else RECORDS:
            if name in RECORDS[dialect]:
                self.head.format = dialect
                return True
        return False

    def _data(self, text: str) -> None:
        if len(self._text) < LONGEST_TEXT:
            self._text += text[:LONGEST_TEXT]

    def _end(self, name: str) -> None:
        if self.found:
            return
        plain, said = self._open.pop(), self._text.strip()
        self._text = ""
        if self._open and self._open[-1] == "uebertragung" and said:
            self.head.transfer.setdefault(plain, said)
        if plain in SENDERS and said and not self.head.sender:
            self.head.sender = said


SENDERS = frozenset(("firma", "code", "cliente", "agencia"))
"""Elements before the first listing that name who sends."""
RECORDS_ROOTS = frozenset((idealista_words.ROOT, "openimmo", "client", "clients", "anuncios", "propiedades"))
