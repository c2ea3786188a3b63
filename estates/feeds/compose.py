"""A document out of some of a feed's listings, with the elements around them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from estates.feeds.layout import Frame, Layout

BLOCK = 1 << 20
PARTIAL = b"TEIL"


class Composer:
    def __init__(self, xml: Path, layout: Layout) -> None:
        self._xml, self._layout = xml, layout

    def around(self, ordinal: int) -> list[int]:
        """The numbers of the frames around a listing, the root's first."""
        number, found = self._layout.inside[ordinal], []
        while number >= 0:
            found.append(number)
            number = self._layout.frames[number].parent
        return found[::-1]

    def frame_size(self, number: int) -> int:
        frame = self._layout.frames[number]
        return frame.opened - frame.start + frame.end - frame.closing + sum(b - a for a, b in frame.extras)

    def document(self, ordinals: Sequence[int]) -> Iterator[bytes]:
        """The bytes of a document that holds these listings, in their order."""
        with self._xml.open("rb") as file:
            for start, end in _merged(self._ranges(ordinals)):
                file.seek(start)
                at = start
                while at < end:
                    block = file.read(min(BLOCK, end - at))
                    yield self._partial(block, at)
                    at += len(block)

    def line(self, offset: int) -> int:
        """The line that an offset is in, from 1."""
        with self._xml.open("rb") as file:
            left, lines = offset, 1
            while left and (block := file.read(min(BLOCK, left))):
                lines, left = lines + block.count(b"\n"), left - len(block)
        return lines

    def _ranges(self, ordinals: Sequence[int]) -> Iterator[tuple[int, int]]:
        layout, opened = self._layout, list[int]()
        for ordinal in ordinals:
            around = self.around(ordinal)
            while opened != around[: len(opened)]:
                yield from self._closing(layout.frames[opened.pop()])
            for number in around[len(opened) :]:
                yield layout.frames[number].start, layout.frames[number].opened
            opened = around
            yield layout.begins[ordinal], layout.ends[ordinal]
        while opened:
            yield from self._closing(layout.frames[opened.pop()])

    def _closing(self, frame: Frame) -> Iterator[tuple[int, int]]:
        yield from frame.extras
        yield frame.closing, frame.end

    def _partial(self, block: bytes, at: int) -> bytes:
        """The block at this offset, where a full transfer is called a partial one."""
        for full in self._layout.full:
            skipped = max(0, at - full)
            word = PARTIAL[skipped : max(skipped, min(len(PARTIAL), at + len(block) - full))]
            if full < at + len(block) and word:
                start = full + skipped - at
                block = block[:start] + word + block[start + len(word) :]
        return block


def _merged(ranges: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Ranges that follow each other without a gap as one."""
    start = end = 0
    for begin, stop in ranges:
        if begin != end:
            if end > start:
                yield start, end
            start = begin
        end = stop
    if end > start:
        yield start, end
