"""A feed in several files, each small enough for a receiver that takes no more than so many listings and bytes.

Seeki's import guide asks for at most 500 listings and 200 MB a call, as XML or as a zip with `index.xml` at its root.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from estates.feeds.asked_pictures import asked_pictures
from estates.feeds.compose import Composer
from estates.feeds.layout import Layout
from estates.feeds.outcomes import SetApart, Unreadable
from estates.feeds.reasons import Reason
from estates.feeds.source import Source
from estates.feeds.zip_copy import OVERHEAD, ZipCopy
from estates.feeds.zip_directory import Entry
from estates.feeds.zip_feed import INDEX, ZipFeed

MOST, MOST_BYTES = 500, 190_000_000
XML_TYPE, ZIP_TYPE = "application/xml", "application/zip"


@dataclass(frozen=True, slots=True)
class Chunk:
    """A file to send, of `size` bytes. `left_out` names pictures of the zip that are damaged and thus not in it."""

    path: Path
    content_type: str
    size: int
    ordinals: tuple[int, ...]
    left_out: tuple[str, ...] = ()


def everything(ordinal: int) -> bool:
    return True


def split(
    source: Source,
    into: Path,
    *,
    most: int = MOST,
    most_bytes: int = MOST_BYTES,
    wanted: Callable[[int], bool] = everything,
) -> Iterator[Chunk | SetApart]:
    """The wanted listings in chunks of at most `most` listings and `most_bytes` bytes, written to the folder `into`.

    Listings' bytes are copied as they are, with what stands around them; a full transfer is called a partial one,
    as each chunk is. The next file is written when the next chunk is asked for: the one before may be gone by then.
    A listing that alone is larger than a chunk comes as `SetApart`. Raises `Unreadable`.
    """
    splitting = _Splitting(source, into, most_bytes)
    for ordinal in range(len(source.layout.begins)):
        if not wanted(ordinal):
            continue
        plan = splitting.planned(ordinal)
        full = len(splitting.plan.ordinals) >= most
        if splitting.plan.ordinals and (full or splitting.size_with(plan) > most_bytes):
            yield splitting.written()
        if not splitting.plan.ordinals and splitting.size_with(plan) > most_bytes:
            yield SetApart(ordinal, splitting.line(ordinal), "", source.head.record, Reason.TOO_LARGE)
            continue
        splitting.add(plan)
    if splitting.plan.ordinals:
        yield splitting.written()


def whole(
    source: Source,
    *,
    most: int = MOST,
    most_bytes: int = MOST_BYTES,
    wanted: Callable[[int], bool] = everything,
) -> Chunk | None:
    """The file as it came, where it can be sent so: within the limits, not repaired, and every listing wanted."""
    size, count = source.path.stat().st_size, len(source.layout.begins)
    if source.repaired or size > most_bytes or count > most or not all(map(wanted, range(count))):
        return None
    archive = source.archive
    if archive is None:
        return Chunk(source.path, XML_TYPE, size, tuple(range(count)))
    names = set(archive.names)
    layout = source.layout
    for begin, end in zip(layout.begins, layout.ends, strict=True):
        for asked in asked_pictures(source.xml, begin, end, source.encoding):
            if asked not in names and archive.find(asked):
                return None
    return Chunk(source.path, ZIP_TYPE, size, tuple(range(count))) if archive.index.name == INDEX else None


@dataclass(slots=True)
class _Plan:
    """What a chunk, or one listing, takes: listings and frames of the XML, and pictures by the names asked for."""

    ordinals: list[int] = field(default_factory=list)
    frames: frozenset[int] = frozenset()
    size: int = 0
    pictures: dict[str, Entry] = field(default_factory=dict)


class _Splitting:
    def __init__(self, source: Source, into: Path, most_bytes: int) -> None:
        self._source, self._into, self._most_bytes = source, into, most_bytes
        self._composer = Composer(source.xml, source.layout)
        self._count = 0
        self._sizes: dict[frozenset[int], int] = {}
        self.plan = _Plan()

    @property
    def _layout(self) -> Layout:
        return self._source.layout

    def planned(self, ordinal: int) -> _Plan:
        layout = self._layout
        begin, end = layout.begins[ordinal], layout.ends[ordinal]
        plan = _Plan([ordinal], frozenset(self._composer.around(ordinal)), end - begin)
        if self._source.archive:
            plan.pictures = self._pictures(self._source.archive, begin, end)
        return plan

    def _pictures(self, archive: ZipFeed, begin: int, end: int) -> dict[str, Entry]:
        found = {}
        for asked in asked_pictures(self._source.xml, begin, end, self._source.encoding):
            if entry := archive.find(asked):
                found[_safe_name(asked, entry)] = entry
        return found

    def size_with(self, more: _Plan) -> int:
        """An upper bound of the chunk's bytes with these in it."""
        size = self.plan.size + more.size + self._around(self.plan.frames | more.frames)
        if self._source.archive:
            pictures = self.plan.pictures | more.pictures
            size += size // 1000 + 3 * OVERHEAD
            size += sum(entry.packed + 2 * len(name.encode()) + OVERHEAD for name, entry in pictures.items())
        return size

    def _around(self, frames: frozenset[int]) -> int:
        if frames not in self._sizes:
            self._sizes = {frames: sum(map(self._composer.frame_size, frames))}
        return self._sizes[frames]

    def add(self, more: _Plan) -> None:
        self.plan.ordinals += more.ordinals
        self.plan.frames |= more.frames
        self.plan.size += more.size
        self.plan.pictures |= more.pictures

    def line(self, ordinal: int) -> int:
        return self._composer.line(self._layout.begins[ordinal])

    def written(self) -> Chunk:
        plan, self.plan = self.plan, _Plan()
        self._count += 1
        ordinals = tuple(plan.ordinals)
        pieces = self._composer.document(ordinals)
        archive = self._source.archive
        path = self._into / f"{self._count:05}.{'zip' if archive else 'xml'}"
        with path.open("wb") as out:
            if archive is None:
                for piece in pieces:
                    out.write(piece)
                return Chunk(path, XML_TYPE, out.tell(), ordinals)
            zipped = ZipCopy(out)
            zipped.pack(INDEX, pieces)
            left_out = [
                name for name, entry in plan.pictures.items() if not _copied(archive, entry, name, zipped)
            ]
            return Chunk(path, ZIP_TYPE, zipped.close(), ordinals, tuple(left_out))


def _copied(archive: ZipFeed, entry: Entry, name: str, to: ZipCopy) -> bool:
    """Copies an entry under the name that the feed asks for, once its bytes were found to be what they should be."""
    try:
        for _ in archive.unpacked(entry):
            pass
    except Unreadable:
        return False
    to.copy(name, entry.method, entry.checksum, entry.packed, entry.size, archive.packed(entry))
    return True


def _safe_name(asked: str, entry: Entry) -> str:
    name = asked.replace("\\", "/").removeprefix("./")
    leads_out = name.startswith("/") or ".." in name.split("/") or ":" in name or name.casefold() == INDEX
    return entry.name if leads_out else name
