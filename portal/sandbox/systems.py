"""What a simulated remote system brings along; `ts_immo` is the first, its siblings join the same way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from portal.sandbox.messages import Answer, Refusal, Request
from portal.sandbox.routing import Route, Router

if TYPE_CHECKING:
    from portal.sandbox.faults import Kind


class System(Protocol):
    """A name, the path below which it answers, its routes, and the faults that only it can have."""

    name: str
    base: str
    router: Router

    @property
    def kinds(self) -> Mapping[str, Kind]:
        """Faults by name."""

    def account_for(self, request: Request) -> Any:
        """Whose key the request carries; raises `Refusal` 401 when nobody's."""

    def caller(self, request: Request) -> str:
        """Who calls, for the log: a name, or the end of an unknown key."""

    def refusal(self, refusal: Refusal) -> Answer:
        """A refusal in this system's own error format."""

    def secrets(self) -> list[str]:
        """Every key that must not show on a page."""


def stranger(key: str) -> str:
    """How the log names a caller whose key nobody has."""
    return f"unknown key …{key[-4:]}" if len(key) > 8 else "unknown key" if key else "no key"


@runtime_checkable
class Attentive(Protocol):
    """What a system also has that minds how many calls it gets at once."""

    def attend(self, request: Request) -> AbstractContextManager[None]:
        """Lasts from a call's arrival to its answer; raises `Refusal` where it is one too many."""


@runtime_checkable
class Bounded(Protocol):
    """What a system also has that minds how long a body is, and says so itself."""

    def most_bytes(self, path: str) -> int:
        """The longest body at a path that is read. Of a longer one only the head arrives."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request on its way to a handler; `work()` does what was asked and returns the right answer."""

    request: Request
    system: System
    route: Route
    names: Mapping[str, str]
    work: Callable[[], Answer]
    pause: Callable[[float], object]
