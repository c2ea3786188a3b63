"""Support tickets, as an account and a domain see them. The document names the statuses, not the shape."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from portal.sandbox.ts_immo.stock import stamp

FINAL = ("DONE", "CLOSED")


@dataclass(slots=True)
class Ticket:
    """`status` is one of IN_PROGRESS, WAITING_FOR_SUPPORT, PENDING, DONE, CLOSED.

    Of an attachment are kept `filename`, `mime_type`, `size` in bytes and, for those who compare, `sha256`.
    """

    domain: str
    subject: str
    message: str
    reporter: dict[str, str]
    attachments: list[dict[str, Any]]
    id: str = field(default_factory=lambda: str(uuid4()))
    status: str = "WAITING_FOR_SUPPORT"
    comments: list[dict[str, Any]] = field(default_factory=list)
    created_at: str = field(default_factory=lambda: stamp(datetime.now(UTC)))
    updated_at: str = ""

    def comment(self, text: str, reporter: dict[str, str], *, from_support: bool = False) -> dict[str, Any]:
        """Adds a comment; who wrote it decides whose turn it is."""
        written = {
            "id": str(uuid4()),
            "comment": text,
            "reporter": reporter,
            "from_support": from_support,
            "created_at": self._touch(),
        }
        self.comments.append(written)
        self.status = "PENDING" if from_support else "WAITING_FOR_SUPPORT"
        return written

    def close(self) -> None:
        if self.status not in FINAL:
            self.turn("CLOSED")

    def turn(self, status: str) -> None:
        self.status = status
        self._touch()

    def as_dict(self) -> dict[str, Any]:
        shown = ("id", "domain", "subject", "message", "status", "reporter", "comments")
        told = ("filename", "mime_type", "size")
        return {
            **{name: getattr(self, name) for name in shown},
            "attachments": [{name: kept[name] for name in told} for kept in self.attachments],
            "created_at": self.created_at,
            "updated_at": self.updated_at or self.created_at,
        }

    def _touch(self) -> str:
        self.updated_at = stamp(datetime.now(UTC))
        return self.updated_at
