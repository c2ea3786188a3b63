"""Faults that only imports can have. A spell lasts for one call; the account asks which listings it hits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from portal.sandbox.seeki import codes

if TYPE_CHECKING:
    from portal.sandbox.faults import Fault
    from portal.sandbox.messages import Answer
    from portal.sandbox.systems import Exchange


@dataclass(frozen=True, slots=True)
class Spell:
    """`kind` of fault; it hits the first `count` listings that would be accepted, all of them with None."""

    kind: str = ""
    count: int | None = None
    word: str = ""

    def hits(self, kind: str, place: int) -> bool:
        return self.kind == kind and (self.count is None or place < self.count)


QUEUE_REJECTED, INTERNAL_ERROR = "queue_rejected", "internal_error"
INFRA_LOST, FAILS_LATER, NEVER_ENDS = "infra_lost", "fails_later", "never_ends"
OTHER_DIALECT, HALF_ANSWER, DUPLICATE_ANSWER = "other_dialect", "half_answer", "duplicate_answer"
REFUSES = {QUEUE_REJECTED: codes.QUEUE_REJECTED, INTERNAL_ERROR: codes.INTERNAL_ERROR}
"""What rejects a listing at once, and the code that it does so with."""
NONE = Spell()
_cast: ContextVar[Spell] = ContextVar("seeki_spell", default=NONE)


def current() -> Spell:
    return _cast.get()


def cast(kind: str, fault: Fault, exchange: Exchange) -> Answer:
    """The fault's `value` may hold, apart by a blank, how many listings and a word, such as a code."""
    parts = fault.value.split()
    count = next((int(part) for part in parts if part.isascii() and part.isdigit()), None)
    word = next((part for part in parts if not part.isdigit()), "")
    token = _cast.set(Spell(kind, count, word))
    try:
        return exchange.work()
    finally:
        _cast.reset(token)


def _kinds() -> Mapping[str, Callable[[Fault, Exchange], Answer]]:
    names = (*REFUSES, INFRA_LOST, FAILS_LATER, NEVER_ENDS, OTHER_DIALECT, HALF_ANSWER, DUPLICATE_ANSWER)
    return {name: partial(cast, name) for name in names}


KINDS = _kinds()
"""`queue_rejected` and `internal_error` reject; `infra_lost` and `fails_later` (with a code) accept and fail later;
`never_ends` accepts and goes on for ever; `half_answer` leaves the first ones out of the answer, half of them without
a number; `duplicate_answer` says everything twice; `other_dialect` answers as Seeki's OpenAPI page has it, with
`brackets` in the value as `listings[3].price`.
"""
