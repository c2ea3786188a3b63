"""Speaking to the database as who logs in, whom the tables belong to."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection

from accounts import scope

is_owner: ContextVar[bool] = ContextVar("is_owner", default=False)


@contextmanager
def as_owner() -> Iterator[None]:
    """For what makes tables, and for copies of everything. It begins with a new connection, and leaves none."""
    if is_owner.get() or connection.vendor != "postgresql":
        with scope.across():
            yield
        return
    connection.close()
    token = is_owner.set(True)
    try:
        with scope.across():
            yield
    finally:
        connection.close()
        is_owner.reset(token)
