"""Whose affair is at hand, for log lines, error reports, the trail, and saying later who asked. It opens nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accounts.models import PartnerKey, User


@dataclass
class StandIn:
    """The operator who works in somebody's place just now, and how many entries the trail has got of it."""

    operator: User
    entries: int = 0


agency_id: ContextVar[int | None] = ContextVar("agency_id", default=None)
calling_key: ContextVar[PartnerKey | None] = ContextVar("calling_key", default=None)
"""The partner's key with which the API is being called."""
stand_in: ContextVar[StandIn | None] = ContextVar("stand_in", default=None)


@contextmanager
def in_place_by(operator: User | None) -> Iterator[StandIn | None]:
    """What the trail gets meanwhile names the operator too; for None it is as it was."""
    standing = StandIn(operator) if operator else None
    token = stand_in.set(standing)
    try:
        yield standing
    finally:
        stand_in.reset(token)
