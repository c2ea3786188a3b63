"""AVIV's politeness rule, kept strictly: ten calls at once and ten starts in any 200 ms, whoever calls."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from portal.sandbox.messages import Refusal

MOST = 10
SPAN = 0.2


class Manners:
    """Counts what breaks the rule, and remembers the most that was ever seen. `span` is in seconds."""

    def __init__(self, span: float = SPAN) -> None:
        self.span = span
        self.violations = 0
        self.most_at_once = 0
        self.most_starts = 0
        self._at_once = 0
        self._starts: deque[float] = deque()
        self._lock = Lock()

    @contextmanager
    def call(self) -> Iterator[None]:
        """From a call's arrival to its answer. Raises `Refusal` 429 where the rule is broken."""
        self._arrive()
        try:
            yield
        finally:
            with self._lock:
                self._at_once -= 1

    def clear(self) -> None:
        with self._lock:
            self.violations = self.most_at_once = self.most_starts = 0
            self._starts.clear()

    def _arrive(self) -> None:
        with self._lock:
            now = time.monotonic()
            while self._starts and self._starts[0] <= now - self.span:
                self._starts.popleft()
            self.most_at_once = max(self.most_at_once, self._at_once + 1)
            self.most_starts = max(self.most_starts, len(self._starts) + 1)
            if self._at_once >= MOST or len(self._starts) >= MOST:
                self.violations += 1
                raise Refusal(429, "Limit calls to 10 concurrent requests every 200 milliseconds")
            self._at_once += 1
            self._starts.append(now)
