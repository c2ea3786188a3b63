"""Imports on their way, and what they become: published listings with an end."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from portal.sandbox.seeki.judging import Complaint

LIFETIME = timedelta(days=60)


@dataclass(slots=True)
class Item:
    """One import. It ends at `ends_at`, never with None; with a `code` it fails then. `number` is its id in the
    other dialect. `payload` is what will be published.
    """

    id: str
    number: int
    external_id: str
    payload: dict[str, Any] = field(repr=False)
    begun_at: datetime
    ends_at: datetime | None
    code: str = ""
    listing_id: str = ""

    def status(self, now: datetime) -> str:
        """`completed` is the only documented one."""
        if self.ends_at is None:
            return "processing"
        if now >= self.ends_at:
            return "failed" if self.code else "completed"
        return "queued" if now < self.begun_at + (self.ends_at - self.begun_at) / 2 else "processing"


@dataclass(frozen=True, slots=True)
class Published:
    """A listing as it stands on Seeki; not `online` once its time is over. `imports` counts the successful ones."""

    external_id: str
    listing_id: str
    payload: dict[str, Any] = field(repr=False)
    published_at: datetime
    imports: int = 1
    online: bool = True

    @property
    def expires_at(self) -> datetime:
        return self.published_at + LIFETIME


@dataclass(frozen=True, slots=True)
class Entry:
    """A listing as it was read from a request, in the guide's dialect, and what is wrong with it, if anything."""

    payload: Any
    complaint: Complaint | None = None

    @property
    def external_id(self) -> str | None:
        found = self.payload.get("external_id") if isinstance(self.payload, dict) else None
        return found if isinstance(found, str) else None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an entry: an item that it was accepted as, or a complaint."""

    position: int
    external_id: str | None
    item: Item | None = None
    complaint: Complaint | None = None
