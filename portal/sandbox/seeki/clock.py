"""Seeki's own time, which only goes forward and can be moved. The portal's clock is another one."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from threading import Lock


class Clock:
    """Starts at the time of its making. What changes the portal's clock in a test does not change this one."""

    def __init__(self) -> None:
        self._began, self._since = datetime.now(UTC), time.monotonic()
        self._moved = timedelta()
        self._lock = Lock()

    def now(self) -> datetime:
        with self._lock:
            return self._began + self._moved + timedelta(seconds=time.monotonic() - self._since)

    def move(self, *, days: float = 0, hours: float = 0, seconds: float = 0) -> None:
        """Raises `ValueError` for a way back."""
        by = timedelta(days=days, hours=hours, seconds=seconds)
        if by < timedelta():
            raise ValueError("the clock goes forward only")
        with self._lock:
            self._moved += by
