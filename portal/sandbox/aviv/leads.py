"""The leads of one account, in the order in which AVIV took them in."""

from __future__ import annotations

import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from threading import RLock
from typing import Any

from portal.sandbox.aviv.documents import Draughtsman, Lead
from portal.sandbox.ts_immo.identifiers import identifier
from portal.sandbox.ts_immo.stock import Estate

LIFE = 3 * 365 * 86_400
LAST = float("inf")


def _order(lead: Lead) -> tuple[int, float]:
    return lead.ingested, lead.number


class Leads:
    """Drawn when they are read: fifty thousand of them cost a fraction of a second."""

    def __init__(self, slug: str, seed: int, estates: Callable[[], list[Estate]]) -> None:
        self.slug, self.seed = slug, seed
        self.lock = RLock()
        self._estates = estates
        self._draughtsman = Draughtsman(slug, seed)
        self._leads: list[Lead] = []
        self._keys: list[tuple[int, float]] = []
        self._by_id: dict[str, Lead] = {}

    def __len__(self) -> int:
        return len(self._leads)

    def __getitem__(self, lead_id: str) -> Lead:
        """Raises `KeyError` for an id that is not there."""
        return self._by_id[lead_id]

    def all(self) -> list[Lead]:
        with self.lock:
            return list(self._leads)

    def add(self, count: int, over_days: float = 0, sent: dict[str, Any] | None = None) -> list[Lead]:
        """New leads of this second, or spread evenly over the last days."""
        with self.lock:
            now, estates, first = time.time(), self._estates(), len(self._leads)
            step = over_days * 86_400 / count
            new = []
            for number in range(first, first + count):
                ingested = int(now - (first + count - number) * step)
                estate = estates[number * 7919 % len(estates)] if estates and sent is None else None
                lead_id = identifier("aviv", self.slug, self.seed, number)
                new.append(Lead(number, lead_id, ingested, ingested + LIFE, estate, sent))
            self._leads += new
            self._leads.sort(key=_order)
            self._keys = [_order(lead) for lead in self._leads]
            self._by_id |= {lead.id: lead for lead in new}
            return new

    def get(self, lead_id: str) -> Lead | None:
        """None also for a lead whose time to live is over."""
        lead = self._by_id.get(lead_id)
        return lead if lead is not None and lead.ttl > time.time() else None

    def between(self, since: int, until: int, after: Lead | None, limit: int) -> tuple[list[Lead], bool]:
        """At most `limit` leads, both ends included, and whether there are more."""
        with self.lock:
            first = bisect_left(self._keys, (since, -1))
            if after is not None:
                first = max(first, bisect_right(self._keys, _order(after)))
            last, now = bisect_right(self._keys, (until, LAST)), time.time()
            found: list[Lead] = []
            for index in range(first, last):
                if self._leads[index].ttl > now:
                    if len(found) == limit:
                        return found, True
                    found.append(self._leads[index])
            return found, False

    def document(self, lead: Lead) -> dict[str, Any]:
        return self._draughtsman.draw(lead)
