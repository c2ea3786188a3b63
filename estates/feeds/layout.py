"""Where in a feed's bytes its listings lie, and what stands around them.

Inside a listing the parser calls nobody, except where its own name seems to stand again: so a feed is laid out in
little more than the time of a bare parse, and comments or CDATA that hold a listing's tags deceive nobody.
"""

from __future__ import annotations

import os
import re
from array import array
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from xml.parsers import expat

from estates.feeds.names import local
from estates.feeds.outcomes import Unreadable
from estates.feeds.reasons import Reason
from estates.feeds.tokens import refuse_endless

BLOCK = 1 << 17
MOST_LISTINGS, MOST_FRAMES, MOST_DEPTH = 2_000_000, 100_000, 50
MOST_EXTRAS = 100_000
LONGEST_TAG, LONGEST_NAME = 1 << 20, 200
_SCOPE_ATTRIBUTE = re.compile(rb"""<[^<]*?\sumfang\s*=\s*["']\s*(VOLL)\s*["']""", re.IGNORECASE)
_SCOPE_ELEMENT = re.compile(rb"[^>]*>\s*(VOLL)\s*<", re.IGNORECASE)
_TAG = re.compile(rb"""<[^"'>]*(?:"[^"]*"[^"'>]*|'[^']*'[^"'>]*)*>""")


@dataclass(slots=True)
class Frame:
    """An element that listings stand in, by offsets in bytes.

    Its opening runs from `start` to `opened`, its closing from `closing` to `end`; `extras` stand among the listings.
    """

    parent: int
    start: int
    opened: int = -1
    closing: int = -1
    end: int = -1
    extras: list[tuple[int, int]] = field(default_factory=list)


@dataclass(slots=True)
class Layout:
    """The n-th listing runs from `begins[n]`, with the blanks before it, to `ends[n]`, inside of `frames[inside[n]]`.

    `full` is where `VOLL` stands, if it does.
    """

    frames: list[Frame] = field(default_factory=list)
    begins: array[int] = field(default_factory=lambda: array("Q"))
    ends: array[int] = field(default_factory=lambda: array("Q"))
    inside: array[int] = field(default_factory=lambda: array("L"))
    full: list[int] = field(default_factory=list)


def lay_out(xml: Path, record: str) -> Layout:
    """Raises `Unreadable` for a file that is no well-formed XML, or holds more than any feed."""
    with xml.open("rb") as file:
        scan = _Scan(file, record)
        try:
            while block := file.read(BLOCK):
                scan.feed(block)
                refuse_endless(scan.parser, scan.fed)
            scan.feed(b"", last=True)
        except expat.ExpatError as broken:
            raise Unreadable(Reason.NOT_XML, str(broken), broken.lineno) from broken
    return scan.finished()


class _Scan:
    def __init__(self, file: BinaryIO, record: str) -> None:
        self._file, self._record, self._mark = file, record, record.encode()
        self.layout = Layout()
        self._open: list[tuple[str, int, int]] = []  # name, offset, number of its frame or -1
        self._nested = self.fed = self._hint = 0
        self._begin = self._start_at = 0
        self._fresh = False  # the last tag was a start: the element that it began may be an empty one
        self._held = b""
        parser = self.parser = expat.ParserCreate()
        if hasattr(parser, "SetReparseDeferralEnabled"):
            parser.SetReparseDeferralEnabled(False)  # tags are waited for one by one
        self._listen()

    def feed(self, block: bytes, last: bool = False) -> None:
        """In pieces that begin where a tag holds the listing's name, and cut none."""
        block = self._held + block
        at = 0
        while (found := block.find(self._mark, at)) >= 0:
            start = block.rfind(b"<", at, found)
            if start >= 0:
                self._parse(block[at:start])
                self._expect(self.fed)
                at = start
            self._parse(block[at : found + len(self._mark)])
            at = found + len(self._mark)
        cut = block.rfind(b"<", max(at, len(block) - LONGEST_NAME))
        self._held = b"" if last or cut < 0 else block[cut:]
        self._parse(block[at : len(block) - len(self._held)], last)

    def finished(self) -> Layout:
        for frame in self.layout.frames:
            frame.extras = [extra for extra in frame.extras if extra[0] < frame.closing]
        return self.layout

    def _parse(self, piece: bytes, last: bool = False) -> None:
        self.fed += len(piece)
        self.parser.Parse(piece, last)

    def _listen(self) -> None:
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._start, self._end

    def _expect(self, offset: int) -> None:
        """Inside a listing, the tag at `offset` may be the listing's own, and is listened to."""
        if self._nested:
            self._hint = offset
            self.parser.StartElementHandler, self.parser.EndElementHandler = self._start_in, self._end_in

    def _start_in(self, name: str, attributes: dict[str, str]) -> None:
        self._fresh = self._expected(name)
        if self._fresh:
            self._nested += 1

    def _end_in(self, name: str) -> None:
        if self._fresh or self._expected(name):
            self._nested -= 1
            if not self._nested:
                self._end_listing()
        self._fresh = False

    def _expected(self, name: str) -> bool:
        """Whether this is the tag that was waited for; after any other, nothing more is listened to."""
        at = self.parser.CurrentByteIndex
        if at == self._hint and local(name) == self._record:
            return True
        if at >= self._hint:
            self.parser.StartElementHandler = self.parser.EndElementHandler = None
        return False

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        at, plain = self.parser.CurrentByteIndex, local(name)
        if plain == self._record and self._open:
            self._start_listing(at)
            return
        if plain == "uebertragung":
            self._note_full(_SCOPE_ATTRIBUTE, at)
        elif plain == "umfang":
            self._note_full(_SCOPE_ELEMENT, at)
        self._open.append((plain, at, -1))
        self._fresh = True
        if len(self._open) > MOST_DEPTH:
            raise Unreadable(Reason.BOMB, "nested too deeply", self.parser.CurrentLineNumber)

    def _start_listing(self, at: int) -> None:
        number = self._frame(len(self._open) - 1, at)
        frame, layout = self.layout.frames[number], self.layout
        same = layout.inside and layout.inside[-1] == number and frame.closing == layout.ends[-1]
        gap = same and not (frame.extras and frame.extras[-1][1] > frame.closing)
        self._begin = frame.closing if gap else at
        layout.inside.append(number)
        if len(layout.inside) > MOST_LISTINGS:
            raise Unreadable(Reason.BOMB, f"more than {MOST_LISTINGS} listings")
        self._nested, self._start_at, self._fresh = 1, at, True
        self._expect(at)

    def _frame(self, depth: int, at: int) -> int:
        """The number of the frame that an open element is; it becomes one, with those around it, if it was none."""
        name, start, number = self._open[depth]
        if number >= 0:
            return number
        parent = self._frame(depth - 1, start) if depth else -1
        frames = self.layout.frames
        frames.append(Frame(parent, start if depth else 0, opened=at, closing=at))
        if len(frames) > MOST_FRAMES:
            raise Unreadable(Reason.BOMB, f"listings in more than {MOST_FRAMES} places")
        self._open[depth] = (name, start, len(frames) - 1)
        return len(frames) - 1

    def _end_listing(self) -> None:
        end = self._element_end(self._start_at)
        self.layout.begins.append(self._begin)
        self.layout.ends.append(end)
        self.layout.frames[self.layout.inside[-1]].closing = end
        self._listen()

    def _end(self, name: str) -> None:
        _, start, number = self._open.pop()
        end = self._element_end(start)
        if number >= 0:
            self.layout.frames[number].end = end
        if not self._open:
            return
        parent = self._open[-1][2]
        if parent < 0:
            return
        frame = self.layout.frames[parent]
        if number >= 0:
            frame.closing = end
        elif frame.extras and frame.extras[-1][1] > frame.closing:
            frame.extras[-1] = (frame.extras[-1][0], end)
        else:
            frame.extras.append((start, end))
            if len(frame.extras) > MOST_EXTRAS:
                raise Unreadable(Reason.BOMB, "more around the listings than listings")

    def _note_full(self, pattern: re.Pattern[bytes], at: int) -> None:
        end = self._tag_end(at)
        text = os.pread(self._file.fileno(), end - at + LONGEST_NAME, at)
        if found := pattern.match(text):
            self.layout.full.append(at + found.start(1))

    def _element_end(self, start: int) -> int:
        """The offset behind the element that ends now. Of an empty one, the parser gives that offset itself."""
        at, fresh = self.parser.CurrentByteIndex, self._fresh
        self._fresh = False
        if fresh and at == self._tag_end(start) and os.pread(self._file.fileno(), 2, at - 2) == b"/>":
            return at
        return self._tag_end(at)

    def _tag_end(self, at: int) -> int:
        """The offset behind the tag that begins at `at`."""
        size = 256
        while size <= 8 * LONGEST_TAG:
            tag = os.pread(self._file.fileno(), size, at)
            if found := _TAG.match(tag):
                return at + found.end()
            if len(tag) < size:
                break
            size *= 8
        raise Unreadable(Reason.BOMB, "a tag without end")
