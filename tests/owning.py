"""What only the owner of the tables may do, where the portal itself takes on another role."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper


@contextmanager
def owning(database: BaseDatabaseWrapper = connection) -> Iterator[CursorWrapper]:
    """On a connection at hand, and so inside a test's transaction too; an error ends the transaction, and this."""
    with database.cursor() as cursor:
        if settings.DATABASE_ROLE:
            cursor.execute("RESET ROLE")
        yield cursor
        if settings.DATABASE_ROLE:
            cursor.execute(f"SET ROLE {connection.ops.quote_name(settings.DATABASE_ROLE)}")
