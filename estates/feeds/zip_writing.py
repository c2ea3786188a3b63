"""A feed as a zip: `index.xml` at its root, and the pictures beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from tempfile import TemporaryFile
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from estates.feeds.listing import Listing, Picture, Scope, Sender
from estates.feeds.writing import write_openimmo

INDEX = "index.xml"
MOST_BYTES = 2_000_000_000
MOST_FILES = 29_000
"""Readers stop at some number of files; what would be the next picture is left out and counted."""
LONGEST_NAME = 60
BLOCK = 1 << 18
STARTS = {b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n": "png", b"GIF8": "gif"}
"""The first bytes of pictures that portals take, and the ending of their names."""

_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Zipped:
    """How many listings and pictures the archive holds, and how many pictures were not to be had."""

    listings: int
    pictures: int
    missing: int


def write_zip(
    listings: Iterable[Listing],
    sender: Sender,
    to: BinaryIO,
    fetch: Callable[[Picture], bytes | None],
    *,
    encoding: str,
    scope: Scope,
    at: datetime,
    most_bytes: int = MOST_BYTES,
    most_files: int = MOST_FILES,
) -> Zipped:
    """Writes the archive to `to`, which need not be seekable. `fetch` gives a picture's bytes, or None.

    Pictures are stored as they come, the XML is deflated at the end; only one picture is in memory at a time.
    What `fetch` does not have, what is no JPEG, PNG, GIF or WebP, and what would make the archive too large is left
    out of the listing too. The same listings and pictures give the same bytes.
    """
    with ZipFile(to, "w", ZIP_STORED) as archive, TemporaryFile() as index:
        packer = _Packer(archive, fetch, at, most_bytes, most_files)
        for block in write_openimmo(packer.packed(listings), sender, encoding=encoding, scope=scope, at=at):
            index.write(block)
        index.seek(0)
        info = _entry(INDEX, at)
        info.compress_type = ZIP_DEFLATED
        with archive.open(info, "w", force_zip64=True) as entry:
            while block := index.read(BLOCK):
                entry.write(block)
    return Zipped(packer.listings, packer.pictures, packer.missing)


class _Packer:
    """Puts each listing's pictures into the archive and gives the listing with their names there."""

    def __init__(
        self,
        archive: ZipFile,
        fetch: Callable[[Picture], bytes | None],
        at: datetime,
        most_bytes: int,
        most_files: int,
    ) -> None:
        self.listings = self.pictures = self.missing = 0
        self._archive, self._fetch, self._at = archive, fetch, at
        self._left, self._most_files = most_bytes, most_files

    def packed(self, listings: Iterable[Listing]) -> Iterator[Listing]:
        for listing in listings:
            self.listings += 1
            yield replace(listing, pictures=tuple(self._packed(listing)))

    def _packed(self, listing: Listing) -> Iterator[Picture]:
        for number, picture in enumerate(listing.pictures, 1):
            body = self._fetch(picture) if self.pictures < self._most_files else None
            ending = ending_of(body) if body else ""
            if not body or not ending or len(body) > self._left:
                self.missing += 1
                continue
            name = f"{self.listings:06}-{_safe(listing.external_id)}-{number:02}.{ending}"
            self._archive.writestr(_entry(name, self._at), body)
            self._left -= len(body)
            self.pictures += 1
            yield replace(picture, address=name)


def ending_of(body: bytes) -> str:
    """`jpg`, `png`, `gif` or `webp`, by the first bytes; "" for what is no such picture, whatever it is called."""
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "webp"
    return next((ending for start, ending in STARTS.items() if body.startswith(start)), "")


def _safe(number: str) -> str:
    """The listing's number as far as every file system takes it; the running number before it makes it unique."""
    return _UNSAFE.sub("-", number).strip("-")[:LONGEST_NAME] or "x"


def _entry(name: str, at: datetime) -> ZipInfo:
    """Zip knows no time before 1980 and none after 2107."""
    year = min(max(at.year, 1980), 2107)
    info = ZipInfo(name, (year, at.month, at.day, at.hour, at.minute, at.second))
    info.external_attr = 0o644 << 16
    return info
