"""The kinds of work there are. Each room declares its own in its `tasks.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.functional import Promise

from accounts.roles import Role

if TYPE_CHECKING:
    from estates.jobs.run import Run

Handler = Callable[["Run"], None]


@dataclass(frozen=True)
class Kind:
    """A kind of work: its name, the words for it and for its phases, the function that does it, and the least
    role that may stop such a job or try it again.
    """

    name: str
    label: Promise
    handle: Handler
    phases: Mapping[str, Promise] = field(default_factory=dict)
    least_role: Role = Role.AGENT


KINDS: dict[str, Kind] = {}


def job_kind(
    name: str,
    label: Promise,
    phases: Mapping[str, Promise] | None = None,
    least_role: Role = Role.AGENT,
) -> Callable[[Handler], Handler]:
    """Declares the decorated function as what does the jobs of this kind.

    It must be idempotent: a worker may die anywhere, and another one then goes on from the last checkpoint.
    """

    def declare(handle: Handler) -> Handler:
        if name in KINDS:
            raise ValueError(f"the kind {name} is declared twice")
        KINDS[name] = Kind(name, label, handle, phases or {}, least_role)
        return handle

    return declare
