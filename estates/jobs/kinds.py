"""The kinds of work there are. Each room declares its own in its `tasks.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.functional import Promise

if TYPE_CHECKING:
    from estates.jobs.run import Run

Handler = Callable[["Run"], None]


@dataclass(frozen=True)
class Kind:
    """A kind of work: its name, the words for it and for its phases, and the function that does it."""

    name: str
    label: Promise
    handle: Handler
    phases: Mapping[str, Promise] = field(default_factory=dict)


KINDS: dict[str, Kind] = {}


def job_kind(
    name: str, label: Promise, phases: Mapping[str, Promise] | None = None
) -> Callable[[Handler], Handler]:
    """Declares the decorated function as what does the jobs of this kind.

    It must be idempotent: a worker may die anywhere, and another one then goes on from the last checkpoint.
    """

    def declare(handle: Handler) -> Handler:
        if name in KINDS:
            raise ValueError(f"the kind {name} is declared twice")
        KINDS[name] = Kind(name, label, handle, phases or {})
        return handle

    return declare
