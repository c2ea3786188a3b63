"""What the sandbox received, newest last, bounded in number and size."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

KEPT = 5_000
BODY_BYTES = 16 * 1024


@dataclass(frozen=True, slots=True)
class Received:
    """One request with the answer it got; `status` 0 when no answer was sent. No header is kept."""

    at: datetime
    system: str
    operation: str
    method: str
    path: str
    query: str
    account: str
    status: int
    milliseconds: float
    body: bytes
    fault: str

    def json(self) -> Any:
        return json.loads(self.body)


class Inbox:
    def __init__(self) -> None:
        self._entries: deque[Received] = deque(maxlen=KEPT)
        self._lock = Lock()

    def add(self, entry: Received) -> None:
        with self._lock:
            self._entries.append(entry)

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()

    def __iter__(self) -> Iterator[Received]:
        with self._lock:
            return iter(list(self._entries))

    def __len__(self) -> int:
        return len(self._entries)
