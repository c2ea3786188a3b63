"""Bodies that are made while they are sent: files, bare or in Base64 inside JSON, only a piece of them in memory."""

from __future__ import annotations

import base64
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from .errors import Unsendable

PIECE = 48 * 1024  # of a file; a multiple of three, so that the pieces' Base64 is that of the whole


@dataclass(frozen=True, slots=True)
class RawFile:
    """A file of `size` bytes that `open` gives from its beginning, each time anew; it is closed afterwards.

    `name` is for those who explain to people what went wrong.
    """

    name: str
    size: int
    open: Callable[[], BinaryIO] = field(repr=False)

    def __len__(self) -> int:
        """Of what is sent."""
        return self.size

    def pieces(self) -> Generator[bytes]:
        """The bytes in pieces of at most 48 KiB. Raises Unsendable, the last of them not given yet."""
        left, file = self.size, self._opened()
        try:
            while left > PIECE:
                yield self._exactly(file, PIECE)
                left -= PIECE
            last = self._exactly(file, left)
            if self._read(file, 1):
                raise Unsendable("A file to be sent is longer than it was", name=self.name)
            yield last
        finally:
            file.close()

    def _exactly(self, file: BinaryIO, size: int) -> bytes:
        got = bytearray()
        while len(got) < size:
            piece = self._read(file, size - len(got))
            if not piece:
                raise Unsendable("A file to be sent is shorter than it was", name=self.name)
            got += piece
        return bytes(got)

    def _opened(self) -> BinaryIO:
        try:
            return self.open()
        except OSError:
            failed = Unsendable("A file to be sent cannot be opened", name=self.name)
        raise failed

    def _read(self, file: BinaryIO, size: int) -> bytes:
        try:
            return file.read(size)
        except OSError:
            # By its own name it would pass for a failure of the connection.
            failed = Unsendable("A file to be sent cannot be read", name=self.name)
        raise failed


def file_at(path: Path) -> RawFile:
    """The file at `path`, as long as it is now. Raises OSError where there is none."""
    return RawFile(path.name, path.stat().st_size, lambda: path.open("rb"))


@dataclass(frozen=True, slots=True)
class Base64File(RawFile):
    """A RawFile that is sent as Base64."""

    def __len__(self) -> int:
        return (self.size + 2) // 3 * 4

    def pieces(self) -> Generator[bytes]:
        """The Base64 in pieces of at most 64 KiB. Raises Unsendable, the last of them not given yet."""
        with closing(RawFile.pieces(self)) as raw:
            for piece in raw:
                yield base64.b64encode(piece)


class Upload:
    """The body of one request. Its length is known before, so it is sent unchunked.

    `progress` hears, before each piece, how many bytes are on their way; what it raises ends the call.
    `whole` is true once everything was handed over.
    """

    def __init__(
        self,
        parts: Sequence[bytes | RawFile],
        progress: Callable[[int], None] | None = None,
        content_type: str = "application/json",
    ) -> None:
        self._parts, self._progress = parts, progress
        self.content_type = content_type
        self._size = sum(map(len, parts))
        self._sending: Generator[bytes] | None = None
        self.whole = False

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[bytes]:
        self.close()
        self.whole = False
        self._sending = self._pieces()
        return self._sending

    def close(self) -> None:
        """Closes the file that was being read, if any."""
        if self._sending is not None:
            self._sending.close()

    def _pieces(self) -> Generator[bytes]:
        sent = 0
        for part in self._parts:
            for piece in (part,) if isinstance(part, bytes) else part.pieces():
                if self._progress is not None:
                    self._progress(sent)
                yield piece
                sent += len(piece)
        self.whole = True
