"""Django's PostgreSQL backend, whose statements carry the scope they are asked in (`accounts.scope`).

A scope belongs to a statement and not to a connection: rollbacks, savepoints and whoever had the connection before
cannot leave a wrong one behind. It travels in front of the statement, in the same message, so it costs no round trip.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base
from django.db.backends.postgresql.operations import DatabaseOperations as PostgreSQLOperations
from psycopg import ServerCursor

from accounts import scope
from accounts.wall.owner import is_owner

SETTING = "passerelle.agency"
_PREFIX = f"SET LOCAL {SETTING} = '"
_AFTER = "';"
# In a transaction that has failed, nothing but these is heard.
_BARE = ("SAVEPOINT", "ROLLBACK", "RELEASE")


class DatabaseOperations(PostgreSQLOperations):
    def last_executed_query(self, cursor: Any, sql: str, params: Any) -> str:
        """The statement as it was asked, for logs and tests."""
        said: str = super().last_executed_query(cursor, sql, params) or ""
        return said.partition(_AFTER)[2] if said.startswith(_PREFIX) else said


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.alias != NO_DB_ALIAS:
            self.execute_wrappers.append(self._in_scope)
        self._told: str | None = None

    def init_connection_state(self) -> None:
        super().init_connection_state()
        self._told = None

    def _configure_role(self, connection: Any) -> bool:
        if self.alias == NO_DB_ALIAS:
            return False
        if not is_owner.get():
            return bool(super()._configure_role(connection))  # type: ignore[misc]  # which the stubs lack
        connection.execute(f"SET {SETTING} = '{scope.ACROSS}'")
        return True

    def tell(self) -> None:
        """Says the scope by itself, for a statement that can carry none. Needs a connection that is open.

        Outside a transaction it stays until another is told in this way; statements that carry theirs do not mind.
        """
        now = scope.current()
        if not self.connection.autocommit:
            self.connection.execute(f"{_PREFIX}{now}'")
        elif self._told != now:
            self._told = None
            self.connection.execute(f"SET {SETTING} = '{now}'")
            self._told = now

    def _in_scope(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        if is_owner.get() or sql.startswith(_BARE):
            return execute(sql, params, many, context)
        cursor = context["cursor"].cursor
        if many or isinstance(cursor, ServerCursor):
            with self.wrap_database_errors:
                self.tell()
            return execute(sql, params, many, context)
        result = execute(f"{_PREFIX}{scope.current()}{_AFTER}{sql}", params, many, context)
        cursor.nextset()
        return result
