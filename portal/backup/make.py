"""Making a copy of everything: the rows first, then the files."""

import os
import shutil
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from portal.backup import media, postgresql, sqlite
from portal.backup.errors import BackupError
from portal.backup.manifest import Manifest, measured
from portal.backup.progress import Say

TOOLS = {"postgresql": postgresql, "sqlite": sqlite}


def back_up(target: Path, say: Say, *, force: bool = False) -> Manifest:
    """Copies database and files into the folder, which is there once the copy is whole.

    A file lies in the storage before its row does and is deleted after it: the files, copied after the rows, are all
    that the rows name, but for what is deleted meanwhile. Keys of the vault are in neither. Raises `BackupError`,
    also for a target with something in it without `force`.
    """
    target = target.absolute()
    if target.exists() and (not target.is_dir() or any(target.iterdir())) and not force:
        raise BackupError(
            f"{target} is not empty. Name another folder, or add --force to replace what is there."
        )
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    target.parent.mkdir(parents=True, exist_ok=True)
    draft.mkdir(mode=0o700)
    try:
        made = _copied(draft, say)
        made.write(draft)
        _put(draft, target)
    except OSError as error:
        raise BackupError(f"The backup could not be written: {error}") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return made


def _copied(folder: Path, say: Say) -> Manifest:
    made_at = timezone.now()
    database = measured(folder, TOOLS[connection.vendor].dump(folder, say))
    names = list(media.names())
    files = []
    for done, name in enumerate(names, 1):
        if part := media.copy_out(name, folder):
            files.append(part)
        say("files", done, len(names))
    return Manifest(connection.vendor, settings.VERSION, made_at.isoformat(), database, tuple(files))


def _put(draft: Path, target: Path) -> None:
    """What was there before goes once the new copy has its place."""
    old = draft.with_suffix(".old")
    if target.exists():
        target.rename(old)
    draft.rename(target)
    if old.is_dir():
        shutil.rmtree(old)
    else:
        old.unlink(missing_ok=True)
