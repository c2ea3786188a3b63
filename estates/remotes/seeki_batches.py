"""Listings in requests that Seeki takes (seeki-import.txt, "Limits"): 25 MB and 5,000 items at most."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar("K")

MOST_ITEMS = 4_999
MOST_BYTES = 24_000_000
HEAD, COMMA, TAIL = b'{"listings":[', b",", b"]}"


@dataclass(frozen=True, slots=True)
class Oversized(Generic[K]):
    """An item that no request may hold, though it be alone in it; a request with it has `size` bytes."""

    key: K
    size: int


def body_of(listings: Sequence[bytes]) -> bytes:
    """The body of POST /listings. Each item is one listing's JSON, taken over byte for byte."""
    return b"".join((HEAD, COMMA.join(listings), TAIL))


def batches(
    items: Iterable[tuple[K, bytes]], most_items: int = MOST_ITEMS, most_bytes: int = MOST_BYTES
) -> Iterator[list[tuple[K, bytes]] | Oversized[K]]:
    """The items in their order, in lists whose `body_of` has at most `most_bytes` bytes.

    An item that is too large for any request comes by itself, as Oversized, before the list that is being filled.
    Reads no more items than the list at hand needs, and one.
    """
    empty = len(HEAD) + len(TAIL)
    batch: list[tuple[K, bytes]] = []
    size = empty
    for key, listing in items:
        if empty + len(listing) > most_bytes:
            yield Oversized(key, empty + len(listing))
            continue
        if batch and (len(batch) == most_items or size + len(COMMA) + len(listing) > most_bytes):
            yield batch
            batch, size = [], empty
        size += len(listing) + (len(COMMA) if batch else 0)
        batch.append((key, listing))
    if batch:
        yield batch
