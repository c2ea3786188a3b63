"""Whose rows the work at hand may see: the second wall, which PostgreSQL keeps under the managers.

Every unit of work (a request, a task, a command) begins with nothing in sight, and says what it is for: one agency,
or all of them. The database's connection passes that on with each statement (`accounts.wall`).
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from functools import wraps
from typing import ParamSpec, TypeVar

NOTHING, ACROSS = "", "0"
"""As the database hears it; an agency is its id in digits."""

_current: ContextVar[str] = ContextVar("scope", default=NOTHING)

P = ParamSpec("P")
T = TypeVar("T")


def current() -> str:
    return _current.get()


@contextmanager
def of_agency(pk: int) -> Iterator[None]:
    """Inside, one agency's rows are there; also a decorator, as the two below."""
    with _within(str(int(pk))):
        yield


@contextmanager
def across() -> Iterator[None]:
    """Inside, all agencies' rows are there: for the admin, timers, and the look that finds out whose a key is."""
    with _within(ACROSS):
        yield


@contextmanager
def nothing() -> Iterator[None]:
    """Around a unit of work: whatever was in sight before is not, and is so again afterwards."""
    with _within(NOTHING):
        yield


def enter(pk: int) -> None:
    """From here to the end of the unit of work one agency's rows are there."""
    _current.set(str(int(pk)))


def enter_across() -> None:
    """The same for all agencies' rows."""
    _current.set(ACROSS)


def kept(work: Callable[P, T]) -> Callable[P, T]:
    """The same function for another thread, which would begin with nothing in sight."""
    context = copy_context()

    @wraps(work)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        return context.copy().run(work, *args, **kwargs)

    return run


def kept_parts(parts: Iterable[bytes]) -> Iterator[bytes]:
    """An answer that is made while it is sent, when the request that it belongs to is over."""
    return _parts(current(), iter(parts))


def _parts(mine: str, rest: Iterator[bytes]) -> Iterator[bytes]:
    while True:
        with _within(mine):
            try:
                part = next(rest)
            except StopIteration:
                return
        yield part


@contextmanager
def _within(value: str) -> Iterator[None]:
    token = _current.set(value)
    try:
        yield
    finally:
        _current.reset(token)
