"""A new zip out of entries of another one, whose packed bytes are copied as they are (APPNOTE 6.3.10)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from typing import BinaryIO

from estates.feeds.zip_directory import DEFLATED, UTF8

_LOCAL, _CENTRAL, _END = struct.Struct("<4s5H3I2H"), struct.Struct("<4s6H3I5H2I"), struct.Struct("<4s4H2IH")
_VERSION, _DATE = 20, (1 << 5) | 1  # the first of January 1980, as zips begin to count
OVERHEAD = _LOCAL.size + _CENTRAL.size
"""Bytes that an entry takes beside its content, and its name twice."""


class ZipCopy:
    """Writes entries one after the other; `close` writes the list of them."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._listed: list[bytes] = []
        self._at = 0

    def copy(
        self, name: str, method: int, checksum: int, packed: int, size: int, data: Iterable[bytes]
    ) -> None:
        """An entry whose bytes are packed already; all sizes in bytes."""
        raw = name.encode()
        common = (_VERSION, UTF8, method, 0, _DATE, checksum, packed, size, len(raw), 0)
        listed = _CENTRAL.pack(b"PK\1\2", _VERSION, *common, 0, 0, 0, 0, self._at)
        self._listed.append(listed + raw)
        self._write(_LOCAL.pack(b"PK\3\4", *common) + raw)
        for block in data:
            self._write(block)

    def pack(self, name: str, data: Iterable[bytes]) -> None:
        """An entry that is packed here. Its header is written again once its sizes are known."""
        raw, start = name.encode(), self._at
        deflate = zlib.compressobj(level=1, wbits=-zlib.MAX_WBITS)
        self._write(_LOCAL.pack(b"PK\3\4", *[0] * 8, len(raw), 0) + raw)
        begin, size, checksum = self._at, 0, 0
        for block in data:
            size, checksum = size + len(block), zlib.crc32(block, checksum)
            self._write(deflate.compress(block))
        self._write(deflate.flush())
        common = (_VERSION, UTF8, DEFLATED, 0, _DATE, checksum, self._at - begin, size, len(raw), 0)
        self._out.seek(start)
        self._out.write(_LOCAL.pack(b"PK\3\4", *common))
        self._out.seek(self._at)
        self._listed.append(_CENTRAL.pack(b"PK\1\2", _VERSION, *common, 0, 0, 0, 0, start) + raw)

    def close(self) -> int:
        """Ends the archive; gives its bytes."""
        start, count = self._at, len(self._listed)
        for listed in self._listed:
            self._write(listed)
        self._write(_END.pack(b"PK\5\6", 0, 0, count, count, self._at - start, start, 0))
        return self._at

    def _write(self, block: bytes) -> None:
        self._out.write(block)
        self._at += len(block)
