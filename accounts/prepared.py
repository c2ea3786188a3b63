"""Statements that nearly every call of a partner asks, so that what surrounds the answer costs more than it.

Django's own cursors write the parameters into the statement, which PostgreSQL therefore parses and plans each time,
read dates in Python, and are preceded by a question whether the connection still lives.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import Cursor

from accounts.wall.base import DatabaseWrapper as WalledDatabase


def ask(sql: str, params: Sequence[Any], *, planned_once: bool = True) -> list[tuple[Any, ...]]:
    """The rows that a reading statement gives, as the database's driver reads them.

    `planned_once` is for a statement whose best plan does not depend on its parameters.
    """
    database = connections[DEFAULT_DB_ALIAS]
    if database.vendor != "postgresql":
        with database.cursor() as cursor:
            cursor.execute(sql, params)
            return list(cursor.fetchall())
    database.ensure_connection()
    try:
        rows = _asked(database, sql, params, planned_once)
    except OperationalError:
        if database.in_atomic_block or not database.connection.closed:
            raise
        # The server went away since the last call, as Django's question would have told.
        database.close()
        database.ensure_connection()
        rows = _asked(database, sql, params, planned_once)
    database.health_check_done = True  # type: ignore[attr-defined]  # which the stubs lack
    return rows


def _asked(
    database: BaseDatabaseWrapper, sql: str, params: Sequence[Any], planned_once: bool
) -> list[tuple[Any, ...]]:
    with database.wrap_database_errors, Cursor(database.connection) as cursor:
        if isinstance(database, WalledDatabase):
            database.tell()
        # None lets the driver prepare a statement once it came a few times.
        cursor.execute(sql, params, prepare=None if planned_once else False, binary=True)
        return cursor.fetchall()
