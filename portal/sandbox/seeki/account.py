"""One agency at Seeki, in one environment: its key, its imports, and what it has published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2b
from threading import RLock
from uuid import UUID

from portal.sandbox.seeki import codes, spells
from portal.sandbox.seeki.clock import Clock
from portal.sandbox.seeki.items import Entry, Item, Outcome, Published
from portal.sandbox.seeki.judging import Complaint


class Account:
    """State of one key. Every method may be called from any thread. `delay` is how many seconds, of Seeki's clock,
    an import takes; `active` says whether the subscription is.
    """

    def __init__(self, slug: str, name: str, key: str, clock: Clock) -> None:
        self.slug, self.name, self.key, self.clock = slug, name, key, clock
        self.active, self.delay = True, 0.0
        self.lock = RLock()
        self._items: list[Item] = []
        self._by_id: dict[str, Item] = {}
        self._open: list[Item] = []
        self._published: dict[str, Published] = {}

    @property
    def listings(self) -> dict[str, Published]:
        """By external id, those whose time is over included; as of now."""
        with self.lock:
            now = self._settle()
            return {name: replace(it, online=now < it.expires_at) for name, it in self._published.items()}

    @property
    def online(self) -> dict[str, Published]:
        return {name: listing for name, listing in self.listings.items() if listing.online}

    @property
    def items(self) -> list[Item]:
        """All imports, oldest first."""
        with self.lock:
            return list(self._items)

    def take(self, entries: Sequence[Entry]) -> list[Outcome]:
        """Takes up what nothing is wrong with, as far as the spell of the call lets it."""
        spell, outcomes, place = spells.current(), [], 0
        with self.lock:
            now = self._settle()
            for position, entry in enumerate(entries):
                complaint = entry.complaint
                if complaint is None:
                    refused = (code for kind, code in spells.REFUSES.items() if spell.hits(kind, place))
                    complaint = next((Complaint(code) for code in refused), None)
                    place += 1
                item = None if complaint else self._begin(entry, now, spell, place - 1)
                outcomes.append(Outcome(position, entry.external_id, item, complaint))
            self._settle()
        return outcomes

    def find(self, item_id: str) -> Item | None:
        """By either dialect's id, as far as things have come by now."""
        with self.lock:
            self._settle()
            return self._by_id.get(item_id.lower())

    def retry(self, item: Item) -> bool:
        """Takes a failed import up again; False where that cannot help."""
        with self.lock:
            now = self._settle()
            if item.status(now) != "failed" or item.code not in codes.RETRYABLE:
                return False
            item.begun_at, item.ends_at = now, self._end(now)
            if not spells.current().hits(spells.INFRA_LOST, 0):
                item.code = ""
            self._open.append(item)
            self._settle()
            return True

    def _begin(self, entry: Entry, now: datetime, spell: spells.Spell, place: int) -> Item:
        number = len(self._items) + 1
        never = spell.hits(spells.NEVER_ENDS, place)
        code = codes.LOST if spell.hits(spells.INFRA_LOST, place) else ""
        if spell.hits(spells.FAILS_LATER, place):
            code = spell.word or codes.INTERNAL_ERROR
        item = Item(
            id=self._uuid(f"item:{number}"),
            number=number,
            external_id=entry.payload["external_id"],
            payload=entry.payload,
            begun_at=now,
            ends_at=None if never else self._end(now),
            code=code,
        )
        self._items.append(item)
        self._by_id |= {item.id: item, str(number): item}
        self._open.append(item)
        return item

    def _end(self, now: datetime) -> datetime:
        return now + timedelta(seconds=self.delay)

    def _settle(self) -> datetime:
        """Ends the imports whose time has come, in their order; the time that it is."""
        now = self.clock.now()
        ended = [item for item in self._open if item.ends_at is not None and item.ends_at <= now]
        if ended:
            self._open = [item for item in self._open if item.ends_at is not None and item.ends_at > now]
        for item in ended:
            if not item.code:
                self._publish(item)
        return now

    def _publish(self, item: Item) -> None:
        item.listing_id = self._uuid(f"listing:{item.external_id}")
        before = self._published.get(item.external_id)
        imports = before.imports + 1 if before else 1
        ended = item.ends_at or item.begun_at
        self._published[item.external_id] = Published(
            item.external_id, item.listing_id, item.payload, ended, imports
        )

    def _uuid(self, name: str) -> str:
        return str(UUID(bytes=blake2b(f"{self.key}:{name}".encode(), digest_size=16).digest(), version=4))
