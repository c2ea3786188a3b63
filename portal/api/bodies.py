"""Bodies that are streamed to the disk, however large they are."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest, UnreadablePostError

from portal.api.errors import Refusal

PIECE = 256 * 1024


def pieces(request: HttpRequest) -> Iterator[bytes]:
    """The body as it comes in. Raises Refusal 400 where it ends before its announced length."""
    left = int(request.META.get("CONTENT_LENGTH") or 0)
    try:
        while piece := request.read(PIECE):
            left -= len(piece)
            yield piece
    except UnreadablePostError:
        raise Refusal(400, "The body ended before its announced length. Nothing was kept.") from None
    if left > 0:
        raise Refusal(400, "The body ended before its announced length. Nothing was kept.")
