"""Whether an archive may be given to anybody: it opens, harms nobody, and is the plugin that it should be."""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from estates.wordpress.plugins.directory import STORED, Entry, entries_of
from estates.wordpress.plugins.paths import check_paths
from estates.wordpress.plugins.reasons import Reason, Unfit

MOST_UNPACKED = 250_000_000
PIECE = 64 * 1024
HEAD = 8 * 1024
"""So far WordPress reads a file when it looks for a plugin's header (`get_file_data`)."""

_FIELD = rb"^(?:[ \t]*<\?php)?[ \t/*#@]*%s:(.*)$"
_NAME = re.compile(_FIELD % b"Plugin Name", re.IGNORECASE | re.MULTILINE)
_VERSION = re.compile(_FIELD % b"Version", re.IGNORECASE | re.MULTILINE)
_CLOSING = re.compile(rb"\s*(?:\*/|\?>).*")


@dataclass(frozen=True, slots=True)
class Contents:
    """What a good archive holds: its folder, how many entries, and their bytes when unpacked."""

    folder: str
    entries: int
    unpacked: int


def examine(file: BinaryIO, version: str) -> Contents:
    """Reads the whole archive without writing any of it anywhere, and without believing what it says of itself.

    Takes memory for the list and one piece, and time for at most `MOST_UNPACKED` bytes. Raises `Unfit`.
    """
    entries = entries_of(file)
    unpacked = sum(entry.size for entry in entries)
    if unpacked > MOST_UNPACKED:
        raise Unfit(Reason.TOO_LARGE, f"{unpacked} bytes")
    folder = check_paths(entries)
    heads = [head(file, entry) for entry in entries]
    sources = [
        start
        for entry, start in zip(entries, heads, strict=True)
        if entry.name.count("/") == 1 and entry.name.endswith(".php")
    ]
    check_header(sources, version)
    return Contents(folder, len(entries), unpacked)


def head(file: BinaryIO, entry: Entry) -> bytes:
    """The entry's first 8 KiB, after all of it was unpacked and compared with its checksum. Raises `Unfit`."""
    kept, checksum, size = b"", 0, 0
    for piece in unpacked_pieces(file, entry):
        size += len(piece)
        if size > entry.size:
            raise Unfit(Reason.DAMAGED, entry.name)
        checksum = zlib.crc32(piece, checksum)
        kept += piece[: HEAD - len(kept)]
    if size != entry.size or checksum != entry.checksum:
        raise Unfit(Reason.DAMAGED, entry.name)
    return kept


def unpacked_pieces(file: BinaryIO, entry: Entry) -> Iterator[bytes]:
    """The entry's content in pieces of at most 64 KiB, however much it unpacks to."""
    file.seek(entry.start)
    if entry.method == STORED:
        yield from _packed(file, entry)
        return
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for piece in _packed(file, entry):
            while piece and not inflater.eof:
                yield inflater.decompress(piece, PIECE)
                piece = inflater.unconsumed_tail
            if inflater.unused_data or (inflater.eof and piece):
                raise Unfit(Reason.DAMAGED, entry.name)
        while rest := inflater.decompress(b"", PIECE):
            yield rest
    except zlib.error as broken:
        raise Unfit(Reason.DAMAGED, entry.name) from broken
    if not inflater.eof:
        raise Unfit(Reason.DAMAGED, entry.name)


def check_header(sources: list[bytes], version: str) -> None:
    """Every plugin header among the files of the folder must name the version. Raises `Unfit`."""
    headed = [text for text in (source.replace(b"\r", b"\n") for source in sources) if _NAME.search(text)]
    if not headed:
        raise Unfit(Reason.NO_HEADER)
    for text in headed:
        found = _VERSION.search(text)
        said = _CLOSING.sub(b"", found[1]).strip().decode("utf-8", "replace") if found else ""
        if said != version or not said:
            raise Unfit(Reason.OTHER_VERSION, said)


def _packed(file: BinaryIO, entry: Entry) -> Iterator[bytes]:
    left = entry.packed
    while left and (piece := file.read(min(left, PIECE))):
        left -= len(piece)
        yield piece
