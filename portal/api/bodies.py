"""Bodies that are streamed to the disk, however large they are."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import BinaryIO, NamedTuple, cast

from django.conf import settings
from django.http import HttpRequest, UnreadablePostError

from portal.api.errors import Refusal

PIECE = 256 * 1024


class Spooled(NamedTuple):
    """A body on the disk; `sha256` in hexadecimal."""

    file: BinaryIO
    sha256: str


@contextmanager
def spooled(request: HttpRequest, require: Callable[[int], None]) -> Iterator[Spooled]:
    """The whole body, as long as the block lasts. `require` raises where so many bytes are too many: before any is
    read, where the request says how many they are.
    """
    require(announced(request))
    size, digest = 0, hashlib.sha256()
    with TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as file:
        for piece in pieces(request):
            size += len(piece)
            require(size)
            digest.update(piece)
            file.write(piece)
        file.seek(0)
        yield Spooled(cast(BinaryIO, file), digest.hexdigest())


def announced(request: HttpRequest) -> int:
    """How many bytes the request says that its body has; a server hands over no more than that."""
    said = request.META.get("CONTENT_LENGTH") or "0"
    return int(said) if said.isascii() and said.isdigit() and len(said) < 16 else 0


def pieces(request: HttpRequest) -> Iterator[bytes]:
    """The body as it comes in. Raises Refusal 400 where it ends before its announced length."""
    left = announced(request)
    try:
        while piece := request.read(PIECE):
            left -= len(piece)
            yield piece
    except UnreadablePostError:
        raise Refusal(400, "The body ended before its announced length. Nothing was kept.") from None
    if left > 0:
        raise Refusal(400, "The body ended before its announced length. Nothing was kept.")
