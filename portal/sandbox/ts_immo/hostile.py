"""Archives that nobody should unpack, each wrong in one way. Byte by byte: no library would write them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from portal.sandbox.bomb import CENTRAL, END, LOCAL, zip_bomb

UTF8, ENCRYPTED = 0x800, 0x1
LINK = 0o120777
CROWD = 30_000
INFLATED = 300 * 1024 * 1024


@dataclass(frozen=True)
class Entry:
    """An entry of a zip. What is None is told as it is; anything else is the lie that the directory tells."""

    name: str
    data: bytes = b""
    mode: int = 0o100644
    flags: int = UTF8
    method: int = 8
    local_name: str | None = None
    checksum: int | None = None
    size: int | None = None
    extra: bytes = b""
    squeezed: bytes | None = field(default=None, repr=False)

    def body(self) -> bytes:
        return squeeze(self.data) if self.squeezed is None else self.squeezed


def squeeze(data: bytes) -> bytes:
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return deflate.compress(data) + deflate.flush()


def pack(entries: Sequence[Entry], *, shared: bool = False) -> bytes:
    """The archive; with `shared` all entries of the directory point at the first one's bytes."""
    archive, directory = bytearray(), bytearray()
    for entry in entries:
        body, name = entry.body(), entry.name.encode()
        local = name if entry.local_name is None else entry.local_name.encode()
        checksum = zlib.crc32(entry.data) if entry.checksum is None else entry.checksum
        size = len(entry.data) if entry.size is None else entry.size
        facts = (20, entry.flags, entry.method, 0, 0x21, checksum, len(body), size)
        offset = 0 if shared else len(archive)
        if not (shared and archive):
            archive += LOCAL.pack(b"PK\3\4", *facts, len(local), 0) + local + body
        lengths = (len(name), len(entry.extra), 0, 0, 0)
        made_by_unix = 3 << 8 | 20
        directory += CENTRAL.pack(b"PK\1\2", made_by_unix, *facts, *lengths, entry.mode << 16, offset)
        directory += name + entry.extra
    count = min(len(entries), 0xFFFF)
    return bytes(
        archive + directory + END.pack(b"PK\5\6", 0, 0, count, count, len(directory), len(archive), 0)
    )


def main_file(slug: str, version: str) -> Entry:
    return Entry(
        f"{slug}/{slug}.php", f"<?php\n/*\n * Plugin Name: {slug}\n * Version: {version}\n */\n".encode()
    )


def beside(*others: Entry) -> Callable[[str, str], bytes]:
    """A good plugin's main file, and beside it these; `{slug}` in a name is the plugin's."""

    def build(slug: str, version: str) -> bytes:
        named = [replace(other, name=other.name.replace("{slug}", slug)) for other in others]
        return pack([main_file(slug, version), *named])

    return build


def alone(**lies: object) -> Callable[[str, str], bytes]:
    """The main file alone, with some lies about it."""
    return lambda slug, version: pack([replace(main_file(slug, version), **lies)])  # type: ignore[arg-type]


def shared(slug: str, version: str) -> bytes:
    entry = main_file(slug, version)
    return pack([entry, replace(entry, name=f"{slug}/again.php")], shared=True)


def inflated(slug: str, version: str) -> bytes:
    """300 MB of zeros in one honest entry."""
    block = bytes(1024 * 1024)
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    body, checksum = bytearray(), 0
    for _ in range(INFLATED // len(block)):
        body += deflate.compress(block)
        checksum = zlib.crc32(block, checksum)
    body += deflate.flush()
    huge = Entry(f"{slug}/zeros.bin", checksum=checksum, size=INFLATED, squeezed=bytes(body))
    return pack([main_file(slug, version), huge])


def more_than_said(slug: str, version: str) -> bytes:
    """An entry that unpacks to 300 MB and says that it has ten bytes."""
    honest = bytearray(inflated(slug, version))
    for mark, at in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        struct.pack_into("<I", honest, honest.rindex(mark) + at, 10)
    return bytes(honest)


def other_name_inside(slug: str, version: str) -> bytes:
    """The directory says one name, the entry's own header another: unpackers disagree about whom to believe."""
    return pack([main_file(slug, version), Entry(f"{slug}/a.txt", b"a", local_name="../../wp-config.php")])


def renamed_by_a_field(slug: str, version: str) -> bytes:
    """An extra field gives an entry another name, which PHP's unpacker takes for the right one."""
    name, hidden = f"{slug}/a.txt", b"../../wp-config.php"
    field = struct.pack("<HHBI", 0x7075, 5 + len(hidden), 1, zlib.crc32(name.encode())) + hidden
    return pack([main_file(slug, version), Entry(name, b"a", extra=field)])


def two_lists(slug: str, version: str) -> bytes:
    """A whole second archive in the comment of the first: unpackers disagree about which list counts."""
    inner = pack([main_file(slug, version)])
    outer = bytearray(pack([main_file(slug, version), Entry(f"{slug}/evil.php", b"<?php")]))
    struct.pack_into("<H", outer, len(outer) - 2, len(inner))
    moved = bytearray(inner)
    struct.pack_into("<I", moved, len(moved) - 6, len(outer) + inner.index(b"PK\1\2"))
    return bytes(outer + moved)


HOSTILE: dict[str, Callable[[str, str], bytes]] = {
    "not_a_zip": lambda slug, version: b"<!doctype html><title>Maintenance</title>",
    "cut_short": lambda slug, version: pack([main_file(slug, version)])[:-30],
    "climbing": beside(Entry("{slug}/../../wp-config.php", b"<?php")),
    "absolute": beside(Entry("/etc/cron.d/x", b"x")),
    "backslash": beside(Entry("{slug}\\..\\x.php", b"x")),
    "drive": beside(Entry("C:/x.php", b"x")),
    "control_character": beside(Entry("{slug}/a\nb.php", b"x")),
    "symlink": beside(Entry("{slug}/link", b"/etc/passwd", mode=LINK)),
    "device": beside(Entry("{slug}/device", mode=0o020666)),
    "encrypted": beside(Entry("{slug}/secret.php", b"x" * 20, flags=UTF8 | ENCRYPTED)),
    "unknown_method": beside(Entry("{slug}/a.txt", b"x", method=14)),
    "twice": beside(Entry("{slug}/a.txt", b"a"), Entry("{slug}/a.txt", b"b")),
    "twice_folded": beside(Entry("{slug}/a.txt", b"a"), Entry("{slug}/A.TXT", b"b")),
    "file_and_folder": beside(Entry("{slug}/a", b"a"), Entry("{slug}/a/b.txt", b"b")),
    "two_folders": beside(Entry("elsewhere/a.php", b"<?php")),
    "no_folder": beside(Entry("a.php", b"<?php")),
    "shared_bytes": shared,
    "bomb": lambda slug, version: zip_bomb(slug),
    "inflated": inflated,
    "more_than_said": more_than_said,
    "crowded": beside(*(Entry(f"{{slug}}/{number}") for number in range(CROWD))),
    "wrong_checksum": alone(checksum=7),
    "other_name_inside": other_name_inside,
    "renamed_by_a_field": renamed_by_a_field,
    "two_lists": two_lists,
    "no_header": lambda slug, version: pack([Entry(f"{slug}/{slug}.php", b"<?php // nothing")]),
    "header_too_deep": lambda slug, version: pack(
        [replace(main_file(slug, version), name=f"{slug}/inc/{slug}.php")]
    ),
    "other_version": lambda slug, version: pack([main_file(slug, f"{version}.1")]),
}
"""Builders by what is wrong; each takes the plugin's slug and version."""
