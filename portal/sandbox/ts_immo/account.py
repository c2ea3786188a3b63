"""One account of Ts-Immo: its stock of estates, and what has been done with its key so far."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from hashlib import blake2b
from threading import RLock

from portal.sandbox.ts_immo.mirror import Mirror
from portal.sandbox.ts_immo.places import Place
from portal.sandbox.ts_immo.results import Results
from portal.sandbox.ts_immo.shelf import Shelf
from portal.sandbox.ts_immo.stock import Estate, Stock
from portal.sandbox.ts_immo.tickets import Ticket


@dataclass(slots=True)
class Lead:
    """A buyer as last submitted under its stream id; `submissions` counts how often."""

    contact_id: str
    estate_id: str
    buyer: dict[str, object]
    submissions: int = 1


@dataclass(slots=True)
class Site:
    domain: str
    theme_id: str | None
    active: bool = True


class Account:
    """State of one key. `lock` guards all but the stock and the plugins, which have their own."""

    def __init__(
        self, slug: str, name: str, key: str, places: tuple[Place, ...], url: str, seed: int, estates: int
    ) -> None:
        self.slug, self.name, self.key, self.url, self.seed = slug, name, key, url, seed
        digest = blake2b(f"{slug}:{key}".encode(), digest_size=4).hexdigest()
        self.plugin_auth_key = f"plg_{slug}_{digest}"
        self.stock = Stock(slug, name, places, url, seed, estates)
        self.results = Results(self.stock)
        self.leads: dict[str, Lead] = {}
        self.replays: Counter[str] = Counter()
        self.full_replays = 0
        self.tickets: dict[str, Ticket] = {}
        self.sites: dict[str, Site] = {}
        self.mirrors: dict[str, Mirror] = {}
        self.plugins = Shelf()
        self.lock = RLock()

    @property
    def estates(self) -> list[Estate]:
        """Oldest first."""
        return self.stock.all()

    def activate(self, domain: str, theme_id: str | None = None) -> Site:
        """A website that was not there before gets the whole stock, with the first filling's laggards."""
        with self.lock:
            site = self.sites[domain] = Site(domain, theme_id)
            self.fill(domain)
        return site

    def fill(self, domain: str) -> Mirror:
        """What a website holds of the stock, filled when it is asked for first."""
        with self.lock:
            if domain not in self.mirrors:
                self.mirrors[domain] = Mirror(self.estates, domain, self.seed)
            return self.mirrors[domain]

    def replay(self, identity: str | None = None) -> int:
        """Sends one estate, or all, to the active sites as they are now; returns how many sites these are."""
        with self.lock:
            active = [site.domain for site in self.sites.values() if site.active]
            if identity is None:
                self.full_replays += 1
            else:
                self.replays[identity] += 1
            for domain in active:
                if identity is None:
                    self.mirrors[domain].receive_all(self.estates)
                elif estate := self.stock.get(identity):
                    self.mirrors[domain].receive(estate)
        return len(active)

    def change_price(self, identity: str, amount: Decimal | int) -> None:
        """Raises `KeyError` for an unknown id."""
        self.stock.change(identity, price=Decimal(amount))

    def change_status(self, identity: str, status: str) -> None:
        """Raises `KeyError` for an unknown id."""
        self.stock.change(identity, status=status)

    def change_prices(self, percent: float) -> int:
        return self.stock.change_prices(percent)

    def remove(self, identity: str) -> None:
        """Raises `KeyError` for an unknown id."""
        self.stock.remove(identity)

    def add(self, count: int = 1) -> list[str]:
        """Ids of the new estates, which are the newest of all."""
        return self.stock.add(count)

    def shift(self, by: int) -> None:
        """After each page read, `by` new estates appear on top (negative: the newest disappear); 0 stops."""
        self.stock.drift = by

    def answer_empty(self, empty: bool = True) -> None:
        """Searches find nothing, with status 200, until called with False."""
        self.stock.empty = empty
