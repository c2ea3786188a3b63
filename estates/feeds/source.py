"""A feed's file, examined and ready to be read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.parsers import expat

from estates.feeds.encodings import NAMES, UTF_8, begins_like_xml, declared
from estates.feeds.heads import Head, head_of
from estates.feeds.layout import Layout, lay_out
from estates.feeds.listing import Scope
from estates.feeds.outcomes import Unreadable
from estates.feeds.reasons import Reason
from estates.feeds.repair import repair
from estates.feeds.signs import look
from estates.feeds.tokens import refuse_endless
from estates.feeds.zip_feed import ZipFeed, looks_like_zip

XML, ZIP = "xml", "zip"
BLOCK = 1 << 18


@dataclass(frozen=True, kw_only=True)
class Source:
    """`path` is the file as it came, `xml` the XML that is read: the same, or a temporary one while it is open.

    `encoding` is that of the XML that is read, `repaired` says whether its bytes differ from those that came.
    """

    path: Path
    xml: Path
    container: str
    encoding: str
    repaired: bool
    head: Head
    archive: ZipFeed | None = None

    @property
    def format(self) -> str:
        """`openimmo` or `idealista`."""
        return self.head.format

    @property
    def scope(self) -> Scope:
        return self.head.scope

    @property
    def sender(self) -> str:
        return self.head.sender

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the zip's entries; none for a file that is no zip."""
        return self.archive.names if self.archive else ()

    @cached_property
    def layout(self) -> Layout:
        """Where the listings lie. Costs little more than a bare parse, once. Raises `Unreadable`."""
        return lay_out(self.xml, self.head.record)


@contextmanager
def opened(path: Path, *, scratch: Path | None = None) -> Iterator[Source]:
    """Examines a feed and repairs it where that is needed. Raises `Unreadable`.

    Temporary files lie in a folder of their own below `scratch` (the system's place for them, if None) until the end.
    A file whose tags do not match in the middle is only noticed by those who read on: they raise the same.
    """
    with TemporaryDirectory(prefix="feed-", dir=scratch) as folder:
        if not looks_like_zip(path):
            yield _examined(path, path, Path(folder), None)
            return
        with ZipFeed.opened(path) as archive:
            xml = Path(folder, "index.xml")
            archive.extract_xml(xml)
            yield _examined(path, xml, Path(folder), archive)


def _examined(path: Path, xml: Path, folder: Path, archive: ZipFeed | None) -> Source:
    try:
        return _mended(path, xml, folder, archive)
    except Unreadable as refusal:
        if refusal.reason is Reason.NOT_XML and not begins_like_xml(xml):
            # What a parser says of a picture, and where, is no help to anybody.
            raise Unreadable(Reason.NOT_A_FEED) from refusal
        raise


def _mended(path: Path, xml: Path, folder: Path, archive: ZipFeed | None) -> Source:
    came = xml
    encoding, word = declared(xml)
    if encoding.startswith("utf-16"):
        xml = _repaired(xml, encoding, folder / "wide.xml")
        encoding, word = UTF_8, ""
    head, refusal = _head_or_refusal(xml)
    signs = look(xml)
    wrong_label = NAMES.get(word.strip().lower()) != encoding
    if signs.broken(encoding) or wrong_label or ((signs.doubtful or refusal) and not _well_formed(xml)):
        xml = _repaired(xml, signs.true_encoding(encoding), folder / "repaired.xml")
        encoding = UTF_8
        head, refusal = _head_or_refusal(xml)
        _check(xml)
    if head is None:
        raise refusal or Unreadable(Reason.NOT_XML)
    container = ZIP if archive else XML
    return Source(
        path=path,
        xml=xml,
        container=container,
        encoding=encoding,
        repaired=xml != came,
        head=head,
        archive=archive,
    )


def _head_or_refusal(xml: Path) -> tuple[Head | None, Unreadable | None]:
    """What stands before the first listing; what a repair may still mend is given back, anything else raised."""
    try:
        return head_of(xml), None
    except Unreadable as refusal:
        if refusal.reason is not Reason.NOT_XML:
            raise
        return None, refusal


def _repaired(xml: Path, encoding: str, target: Path) -> Path:
    repair(xml, encoding, target)
    return target


def _well_formed(xml: Path) -> bool:
    try:
        _check(xml)
    except Unreadable:
        return False
    return True


def _check(xml: Path) -> None:
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        with xml.open("rb") as file:
            while block := file.read(BLOCK):
                parser.Parse(block)
                refuse_endless(parser, file.tell())
        parser.Parse(b"", True)
    except expat.ExpatError as broken:
        raise Unreadable(Reason.NOT_XML, str(broken), broken.lineno) from broken


def _refuse_doctype(name: str, *_: object) -> None:
    raise Unreadable(Reason.DOCTYPE, name)
