"""SQLite: its own online copy, while others go on writing."""

import sqlite3
from contextlib import closing
from pathlib import Path

from django.db import connection

from portal.backup.errors import BackupError
from portal.backup.progress import Say

NAME = "database.sqlite3"
PAGES = 2_000
"""Pages that are copied before progress is told and writers get a turn."""


def dump(folder: Path, say: Say) -> str:
    """Writes the database into the folder and returns the file's name."""
    connection.ensure_connection()
    with closing(sqlite3.connect(folder / NAME)) as copy:
        connection.connection.backup(
            copy, pages=PAGES, progress=lambda _, left, all_: say("rows", all_ - left, all_)
        )
        # The copy says as its original that it writes ahead: it is to be one file, and whole.
        copy.execute("PRAGMA journal_mode=DELETE")
    return NAME


def load(path: Path, say: Say) -> None:
    """Makes the database what the file holds, all at once."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as copy:
        if copy.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise BackupError(f"{path} is damaged.")
        connection.ensure_connection()
        copy.backup(
            connection.connection, pages=PAGES, progress=lambda _, left, all_: say("rows", all_ - left, all_)
        )
    # The next look is to see the new tables.
    connection.close()


def empty() -> None:
    """Nothing: loading replaces all there is."""
