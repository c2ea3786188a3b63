"""A feed that came as a zip: its XML, and the files beside it."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from stat import S_ISDIR, S_ISREG
from typing import BinaryIO

from estates.feeds.outcomes import Unreadable
from estates.feeds.reasons import Reason
from estates.feeds.zip_directory import STORED, BadZip, Entry, Fault, entries_of

MOST_ENTRIES = 30_000
MOST_DIRECTORY = 8_000_000
MOST_XML = 4_000_000_000
MOST_FILE = 500_000_000
MOST_RATIO = 200
RATIO_FROM = 64_000_000
"""Bytes that come out from which on `MOST_RATIO` counts: XML may well shrink to a hundredth."""
BLOCK = 1 << 16
INDEX = "index.xml"

REASONS = {
    Fault.NOT_A_ZIP: Reason.ZIP_DAMAGED,
    Fault.DAMAGED: Reason.ZIP_DAMAGED,
    Fault.UNKNOWN_FORM: Reason.ZIP_FORM,
    Fault.TOO_MANY: Reason.BOMB,
    Fault.OVERLAP: Reason.BOMB,
    Fault.PATH: Reason.ENTRY_LEADS_OUT,
    Fault.ENCRYPTED: Reason.ZIP_ENCRYPTED,
}


def looks_like_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) in (b"PK\3\4", b"PK\5\6")


class ZipFeed:
    """The archive, open. Entries are found by the names that feeds call them, which are rarely exact."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        try:
            entries = entries_of(file, most=MOST_ENTRIES, most_directory=MOST_DIRECTORY)
        except BadZip as bad:
            raise Unreadable(REASONS[bad.fault], bad.words) from bad
        self.entries = [entry for entry in entries if not _is_folder(entry)]
        for entry in self.entries:
            _check(entry)
        self._by_path: dict[str, Entry] = {}
        self._by_name: dict[str, Entry] = {}
        for entry in self.entries:
            for name in _spellings(entry.name):
                self._by_path.setdefault(name, entry)
                self._by_name.setdefault(name.rpartition("/")[2], entry)
        self.index = self._index()

    @classmethod
    @contextmanager
    def opened(cls, path: Path) -> Iterator[ZipFeed]:
        with path.open("rb") as file:
            yield cls(file)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(entry.name for entry in self.entries)

    def find(self, called: str) -> Entry | None:
        """The entry that a feed calls so: by its path in any case, else by its bare name in any folder."""
        name = called.strip().replace("\\", "/").removeprefix("./").casefold()
        return self._by_path.get(name) or self._by_name.get(name.rpartition("/")[2])

    def extract_xml(self, to: Path) -> None:
        with to.open("wb") as out:
            for block in self.unpacked(self.index):
                out.write(block)

    def unpacked(self, entry: Entry) -> Iterator[bytes]:
        """The bytes of an entry, counted as they come out. Raises `Unreadable` for other than were announced."""
        count = checksum = 0
        for block in self.packed(entry) if entry.method == STORED else self._inflated(entry):
            count, checksum = count + len(block), zlib.crc32(block, checksum)
            if count > entry.size:
                raise Unreadable(Reason.BOMB, f"{entry.name}: more than was announced")
            yield block
        if count != entry.size or checksum != entry.checksum:
            raise Unreadable(Reason.ZIP_DAMAGED, entry.name)

    def packed(self, entry: Entry) -> Iterator[bytes]:
        """The bytes of an entry as they lie in the archive."""
        self.file.seek(entry.start)
        left = entry.packed
        while left:
            block = self.file.read(min(BLOCK, left))
            if not block:
                raise Unreadable(Reason.ZIP_DAMAGED, entry.name)
            left -= len(block)
            yield block

    def _inflated(self, entry: Entry) -> Iterator[bytes]:
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            for block in self.packed(entry):
                while block:
                    yield inflate.decompress(block, BLOCK)
                    block = inflate.unconsumed_tail
            while more := inflate.decompress(inflate.unconsumed_tail, BLOCK):
                yield more
            yield inflate.flush()
        except zlib.error as broken:
            raise Unreadable(Reason.ZIP_DAMAGED, f"{entry.name}: {broken}") from broken

    def _index(self) -> Entry:
        """`index.xml`, else the only XML; where there are several, the only one at the root or `openimmo.xml`."""
        every = [entry for entry in self.entries if entry.name.lower().endswith(".xml") and _visible(entry)]
        at_root = [entry for entry in every if "/" not in entry.name]
        for some in (
            [entry for entry in at_root if entry.name.lower() == INDEX],
            [entry for entry in at_root if entry.name.lower() == "openimmo.xml"],
            at_root,
            every,
        ):
            if len(some) == 1:
                return some[0]
        raise Unreadable(Reason.SEVERAL_XML_IN_ZIP if every else Reason.NO_XML_IN_ZIP)


def _is_folder(entry: Entry) -> bool:
    return entry.name.endswith("/") or S_ISDIR(entry.mode)


def _visible(entry: Entry) -> bool:
    """What macOS adds to a zip is none of the feed's."""
    return not entry.name.startswith("__MACOSX/") and not PurePosixPath(entry.name).name.startswith("._")


def _check(entry: Entry) -> None:
    path = PurePosixPath(entry.name.replace("\\", "/"))
    drive = entry.name[1:2] == ":"
    if path.is_absolute() or ".." in path.parts or drive or "\0" in entry.name:
        raise Unreadable(Reason.ENTRY_LEADS_OUT, entry.name)
    if entry.mode and not S_ISREG(entry.mode) and entry.mode & 0o170000:
        raise Unreadable(Reason.ENTRY_LEADS_OUT, f"{entry.name} is no file")
    most = MOST_XML if entry.name.lower().endswith(".xml") else MOST_FILE
    if entry.size > most or (entry.size > RATIO_FROM and entry.size > MOST_RATIO * entry.packed):
        raise Unreadable(Reason.BOMB, f"{entry.name}: {entry.size} bytes out of {entry.packed}")


def _spellings(name: str) -> set[str]:
    """The name as it is listed, and as it was meant by those who write no cp437 but say nothing of it."""
    found = {name}
    try:
        raw = name.encode("cp437")
    except UnicodeEncodeError:
        raw = b""
    if not raw.isascii():
        for encoding in ("utf-8", "windows-1252"):
            found.add(raw.decode(encoding, "ignore"))
    return {spelling.replace("\\", "/").casefold() for spelling in found}
