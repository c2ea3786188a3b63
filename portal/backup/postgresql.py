"""PostgreSQL: its own tools, which must be at least as new as the server."""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

from django.db import connection
from django.db.backends.postgresql.client import DatabaseClient

from accounts.scope import ACROSS
from accounts.wall.base import SETTING
from portal.backup.errors import BackupError
from portal.backup.progress import Say

NAME = "database.dump"
WORDS = 2_000
"""Characters of what a tool said that are repeated."""


def dump(folder: Path, say: Say) -> str:
    """Writes the database, as it is at one moment, into the folder and returns the file's name."""
    program = fitting("pg_dump")
    where, environment = connected()
    options = ["--format=custom", "--no-owner", "--no-privileges", "--no-comments"]
    options += ["--enable-row-security", f"--file={folder / NAME}"]
    _run([program, *options, *where], environment, say, folder / NAME)
    return NAME


def load(path: Path, say: Say) -> None:
    """Fills the empty database, all at once or not at all."""
    program = fitting("pg_restore")
    (*where, name), environment = connected()
    options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", f"--dbname={name}"]
    connection.close()
    _run([program, *options, *where, str(path)], environment, say, None)


def empty() -> None:
    """Drops every table and function of ours; what extensions brought stays."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"DROP TABLE {connection.ops.quote_name(table)} CASCADE")
        cursor.execute(
            "SELECT p.oid::regprocedure FROM pg_proc p WHERE pronamespace = current_schema()::regnamespace "
            "AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = p.oid AND deptype = 'e')"
        )
        for (function,) in cursor.fetchall():
            cursor.execute(f"DROP FUNCTION {function} CASCADE")


def connected() -> tuple[list[str], dict[str, str]]:
    """How the tools reach the database: words for it, its name last, and an environment with the password."""
    (_, *where), more = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
    # For an owner whom policies hold back too: all agencies' rows belong to the copy.
    return where, {**os.environ, **(more or {}), "PGOPTIONS": f"-c {SETTING}={ACROSS}"}


def fitting(program: str) -> str:
    """The path of the tool. Raises `BackupError` where it is missing or older than the server, and says so."""
    path = shutil.which(program)
    server = connection.cursor().connection.info.server_version // 10_000
    need = f"Install PostgreSQL's client programs of version {server} or newer (postgresql-client-{server})."
    if path is None:
        raise BackupError(f"{program} is not installed. {need}")
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603
    found = re.search(r"\b(\d+)(?:[.\w]*)", said.partition(")")[2])
    if found is None or int(found[1]) < server:
        raise BackupError(
            f"{program} is of version {found[1] if found else '?'}, the server of {server}. {need}"
        )
    return path


def _run(command: list[str], environment: dict[str, str], say: Say, grows: Path | None) -> None:
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603
        while process.poll() is None:
            say("rows", grows.stat().st_size if grows and grows.exists() else 0, 0)
            time.sleep(0.1)
        words = process.stderr.read() if process.stderr else ""
    if process.returncode:
        raise BackupError(f"{Path(command[0]).name} failed: {words.strip()[-WORDS:]}")
