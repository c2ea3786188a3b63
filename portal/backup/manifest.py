"""What a copy consists of: a folder with the database, the files and a list of both with their SHA-256."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from portal.backup.errors import BackupError

FORMAT = 1
NAME, MEDIA = "manifest.json", "media"
BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Part:
    """A file of the copy: its path in the folder, its size in bytes, and its SHA-256 in hexadecimal."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """`database` is the part with the rows, `vendor` Django's word for what wrote it, `version` the portal's."""

    vendor: str
    version: str
    made_at: str
    database: Part
    files: tuple[Part, ...]

    def write(self, folder: Path) -> None:
        said = {"format": FORMAT, **asdict(self)}
        (folder / NAME).write_text(json.dumps(said, indent=1), encoding="utf-8")

    @property
    def parts(self) -> tuple[Part, ...]:
        return (self.database, *self.files)

    @property
    def size(self) -> int:
        return sum(part.size for part in self.parts)


def read(folder: Path) -> Manifest:
    """The manifest of a folder. Raises `BackupError` where it is none that this version wrote."""
    try:
        said: dict[str, Any] = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BackupError(f"{folder} holds no backup: there is no {NAME} in it.") from None
    except ValueError:
        raise BackupError(f"{folder / NAME} is not readable.") from None
    if said.pop("format", None) != FORMAT:
        raise BackupError(f"{folder} holds a backup in another format than {FORMAT}.")
    try:
        database = Part(**said.pop("database"))
        files = tuple(Part(**file) for file in said.pop("files"))
        found = Manifest(database=database, files=files, **said)
    except (KeyError, TypeError):
        raise BackupError(f"{folder / NAME} is not what a backup writes.") from None
    if any(_climbs(part.path) for part in found.parts):
        raise BackupError(f"{folder / NAME} names a file outside of it.")
    return found


def _climbs(path: str) -> bool:
    return PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts


def measured(folder: Path, path: str) -> Part:
    """The part that lies at a path of the folder."""
    digest, size = hashlib.sha256(), 0
    for piece in pieces(folder / path):
        digest.update(piece)
        size += len(piece)
    return Part(path, size, digest.hexdigest())


def pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(BLOCK):
            yield piece
