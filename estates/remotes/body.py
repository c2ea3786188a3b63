"""Reading an answer's body in bounded pieces, whatever it claims about itself."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from urllib3.response import BaseHTTPResponse

from .errors import Malformed

PIECE = 64 * 1024
# 47 = zlib's flag for "gzip or zlib, by the header"; -15 = deflate without a header, which some servers send.
GZIP_OR_ZLIB, BARE_DEFLATE = 47, -15


def pieces(answer: BaseHTTPResponse, limit: int) -> Iterator[bytes]:
    """The decoded body in pieces of at most 64 KiB.

    Raises Malformed when more than `limit` bytes come in or out, or the encoding is unknown or broken.
    Errors of the transport (urllib3's HTTPError, OSError) pass through.
    """
    encoding = (answer.headers.get("Content-Encoding") or "identity").strip().lower()
    wire = _capped(_wire(answer), limit)
    if encoding in ("", "identity"):
        return wire
    if encoding in ("gzip", "x-gzip", "deflate"):
        return _capped(_inflated(wire), limit)
    raise Malformed("The answer has an encoding that was not asked for")


def _wire(answer: BaseHTTPResponse) -> Iterator[bytes]:
    # read1 gives what has arrived, so that an answer that breaks off leaves its beginning as evidence.
    while piece := answer.read1(PIECE, decode_content=False):
        yield piece


def _capped(parts: Iterator[bytes], limit: int) -> Iterator[bytes]:
    total = 0
    for part in parts:
        room = limit - total
        total += len(part)
        yield part[:room]
        if total > limit:
            raise Malformed(f"The answer is longer than {limit} bytes")


def _inflated(wire: Iterator[bytes]) -> Iterator[bytes]:
    inflater = None
    for part in wire:
        if inflater is None:
            inflater = zlib.decompressobj(GZIP_OR_ZLIB if _has_header(part) else BARE_DEFLATE)
        while part:
            if inflater.eof:
                if not part.startswith(b"\x1f\x8b"):
                    break  # padding after the end, which gzip allows
                inflater = zlib.decompressobj(GZIP_OR_ZLIB)
            out = _next_piece(inflater, part)
            part = inflater.unconsumed_tail or inflater.unused_data
            if out:
                yield out
    while inflater is not None and (rest := _next_piece(inflater, b"")):
        yield rest
    if inflater is not None and not inflater.eof:
        raise Malformed("The compressed answer is cut short", retry_helps=True)


def _next_piece(inflater: zlib._Decompress, part: bytes) -> bytes:
    try:
        return inflater.decompress(part, PIECE)
    except zlib.error as failure:
        reason = failure.args[0]
    raise Malformed(f"The answer's compression is broken ({reason})")


def _has_header(part: bytes) -> bool:
    """Gzip's magic, or zlib's method 8: no compressor begins bare deflate with those bits."""
    return part[0] == 0x1F or part[0] & 0x0F == 8
