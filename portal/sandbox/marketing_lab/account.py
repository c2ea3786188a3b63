"""One account of marketing-lab: what its key may see, and the contacts that wait for it or were pulled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from threading import RLock

from portal.sandbox.marketing_lab.contacts import Contact, draw
from portal.sandbox.marketing_lab.people import person
from portal.sandbox.marketing_lab.programmes import Region

READY_LIMIT = 200
PULLED_LIMIT = 500
PULLED_FOR = timedelta(days=30)
FIRST_PROSPECT = 5_002
AT_THE_START = timedelta(days=12)
"""Over how many days before now the contacts of the start came in."""


class Account:
    """State of one key. Every method may be called from any thread; nobody is handed a contact twice by pulls."""

    def __init__(
        self,
        slug: str,
        name: str,
        key: str,
        regions: tuple[Region, ...],
        first_id: int,
        seed: int,
        contacts: int,
    ) -> None:
        """`first_id` is the `action_id` of the first contact; ids go up by one."""
        self.slug, self.name, self.key, self.regions, self.seed = slug, name, key, regions, seed
        self.lock = RLock()
        self._first_id = first_id
        self._contacts: list[Contact] = []
        self._latest = datetime.now(UTC)
        began = self._latest - AT_THE_START
        for number in range(contacts):
            self._insert(began + number * AT_THE_START / contacts)

    @property
    def contacts(self) -> list[Contact]:
        """All of them, oldest first."""
        with self.lock:
            return list(self._contacts)

    def add_contacts(self, count: int = 1) -> list[int]:
        """Contacts that come in now, ready to be pulled; returns their action ids."""
        with self.lock:
            return [self._insert(self._now()) for _ in range(count)]

    def all_ready(self) -> list[Contact]:
        with self.lock:
            return [contact for contact in self._contacts if contact.pulled_at is None]

    def ready(self) -> list[Contact]:
        """What `readContacts` gives. Which 200 is unstated: the oldest."""
        return self.all_ready()[:READY_LIMIT]

    def pull(self) -> list[Contact]:
        """What `pullContacts` gives, marked before anybody sees it. Its cap is unstated: that of a reading."""
        with self.lock:
            found, now = self.ready(), self._now()
            for contact in found:
                contact.pulled_at = now
            return found

    def pulled(self) -> list[Contact]:
        """What `getPulledContacts` gives. Which 500 is unstated: those pulled last, newest first."""
        with self.lock:
            since = datetime.now(UTC) - PULLED_FOR
            dated = [
                (c.pulled_at, c.action_id, c) for c in self._contacts if c.pulled_at and c.pulled_at >= since
            ]
            return [contact for _, _, contact in sorted(dated, reverse=True)[:PULLED_LIMIT]]

    def age_pulls(self, days: float) -> None:
        """As if everything pulled so far had been pulled that much earlier."""
        with self.lock:
            for contact in self._contacts:
                if contact.pulled_at:
                    contact.pulled_at -= timedelta(days=days)

    def _now(self) -> datetime:
        """Later than everything before, even where the machine's clock is behind or stands still."""
        self._latest = max(datetime.now(UTC), self._latest + timedelta(milliseconds=1))
        return self._latest

    def _insert(self, happened: datetime) -> int:
        number = len(self._contacts)
        chance = Random(f"{self.slug}:{self.seed}:contact:{number}")
        # One in eight is somebody who has asked before.
        prospect = chance.randrange(number) if number and chance.random() < 0.125 else number
        who = person(Random(f"{self.slug}:{self.seed}:person:{prospect}"))
        offset = self._first_id + FIRST_PROSPECT
        contact = draw(chance, self._first_id + number, offset + prospect, who, self.regions, happened)
        self._contacts.append(contact)
        return contact.action_id
