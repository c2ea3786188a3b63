"""Counting a key's calls, without a transaction for each: a process writes down what it counted every few seconds.

What a process has counted and not written is lost with it if it is killed: the calls of those seconds at most.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from datetime import date, datetime

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts import scope
from accounts.models import PartnerKey, PartnerKeyDay

_TABLE = PartnerKeyDay._meta.db_table
_ADD = (
    f"INSERT INTO {_TABLE} (key_id, day, calls) VALUES (%s, %s, %s) "  # noqa: S608
    f"ON CONFLICT (key_id, day) DO UPDATE SET calls = {_TABLE}.calls + excluded.calls"
)


class Tally:
    """What this process has counted since it last wrote."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: Counter[tuple[int, date]] = Counter()
        self._last: dict[int, datetime] = {}
        self._written = float("-inf")
        self._timer: threading.Timer | None = None

    def note(self, key: PartnerKey) -> None:
        """Counts a call: written at once if nothing was for a while, else with all others in a few seconds."""
        now, wait = timezone.now(), float(settings.API_COUNT_SECONDS)
        with self._lock:
            self._calls[key.pk, now.date()] += 1
            self._last[key.pk] = now
            is_due = time.monotonic() - self._written >= wait
            if not is_due and self._timer is None:
                self._timer = threading.Timer(wait, self._at_last)
                self._timer.daemon = True
                self._timer.start()
        if is_due:
            self.write()

    @scope.across()
    def write(self) -> None:
        """Adds what was counted to the days. Keys in the order of their ids, so that no two wait for each other."""
        with self._lock:
            calls, last = self._calls, self._last
            self._calls, self._last, self._written = Counter(), {}, time.monotonic()
        if not calls:
            return
        with transaction.atomic(), connection.cursor() as cursor:
            for (key, day), number in sorted(calls.items()):
                cursor.execute(_ADD, [key, day, number])
            for pk, at in sorted(last.items()):
                PartnerKey.objects.across_agencies().filter(pk=pk).update(last_used_at=at)

    def _at_last(self) -> None:
        """For the calls after which none came that would have written them."""
        with self._lock:
            self._timer = None
        try:
            self.write()
        finally:
            connection.close()


tally = Tally()
