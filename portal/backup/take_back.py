"""Taking a copy back: into an empty database and storage, after every byte of it was looked at."""

from pathlib import Path

from django.db import connection

from accounts.wall.raising import let_in
from portal.backup import manifest, media
from portal.backup.errors import BackupError
from portal.backup.make import TOOLS
from portal.backup.manifest import Manifest
from portal.backup.progress import Say


def restore(source: Path, say: Say, *, force: bool = False) -> Manifest:
    """Makes database and files what the copy holds. Raises `BackupError`, before it changes anything where it can.

    With `force` all rows and files that are there are deleted first. Nothing else may use the database meanwhile.
    """
    found = manifest.read(source)
    if found.vendor != connection.vendor:
        raise BackupError(f"The backup is of {found.vendor}; this set-up has {connection.vendor}.")
    _check(found, source, say)
    tables = connection.introspection.table_names()
    if (tables or any(media.names())) and not force:
        raise BackupError(
            "There are tables or files here already. Restore into an empty database and storage, or add --force "
            "to delete all that is there."
        )
    tools = TOOLS[connection.vendor]
    if force:
        tools.empty()
        media.empty()
    tools.load(source / found.database.path, say)
    let_in()
    for done, part in enumerate(found.files, 1):
        media.copy_in(part, source)
        say("files", done, len(found.files))
    return found


def _check(found: Manifest, source: Path, say: Say) -> None:
    looked = 0
    for part in found.parts:
        try:
            there = manifest.measured(source, part.path)
        except OSError:
            raise BackupError(f"{part.path} is missing from the backup.") from None
        if there != part:
            raise BackupError(f"{part.path} is not what was backed up.")
        looked += part.size
        say("checked", looked, found.size)
