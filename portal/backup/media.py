"""The files of the media storage, wherever it keeps them: its names are all that is known of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import default_storage

from portal.backup.errors import BackupError
from portal.backup.manifest import BLOCK, MEDIA, Part


def names(folder: str = "") -> Iterator[str]:
    """Every file's name. A storage that nothing was ever put into has no files."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for file in sorted(files):
        yield f"{folder}/{file}" if folder else file
    for inner in sorted(filter(None, folders)):
        yield from names(f"{folder}/{inner}" if folder else inner)


def copy_out(name: str, to: Path) -> Part | None:
    """Copies a file below `to`; None where it was deleted meanwhile, as its row then was too."""
    path, digest, size = to / MEDIA / name, hashlib.sha256(), 0
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with default_storage.open(name) as there, path.open("wb") as here:
            for piece in there.chunks(BLOCK):
                here.write(piece)
                digest.update(piece)
                size += len(piece)
    except FileNotFoundError:
        path.unlink(missing_ok=True)
        return None
    return Part(f"{MEDIA}/{name}", size, digest.hexdigest())


def copy_in(part: Part, source: Path) -> None:
    """Puts a file of the copy into the storage, under its own name."""
    name = part.path.removeprefix(f"{MEDIA}/")
    with (source / part.path).open("rb") as file:
        kept = default_storage.save(name, File(file))
    if kept != name:
        default_storage.delete(kept)
        raise BackupError(f"The media storage did not take {name} under its name.")


def empty() -> None:
    for name in list(names()):
        default_storage.delete(name)
