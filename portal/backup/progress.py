"""One line that rewrites itself, on a terminal only."""

from collections.abc import Callable

from django.core.management.base import OutputWrapper

Say = Callable[[str, int, int], None]
"""Gets what is being copied, how much of it is, and how much there is, or 0 where nobody knows."""

WIDTH = 30


def bar(out: OutputWrapper) -> Say:
    if not out.isatty():
        return lambda what, done, total: None

    def say(what: str, done: int, total: int) -> None:
        filled = f"{'█' * (WIDTH * done // total):·<{WIDTH}} {done:,}/{total:,}" if total else f"{done:,}"
        out.write(f"\r\x1b[K{what} {filled}", ending="")
        out.flush()

    return say
