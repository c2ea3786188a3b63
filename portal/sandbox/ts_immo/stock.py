"""The estates of one account: cast at the start from few moulds, changed by what happens later."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import RLock
from typing import Any

from portal.sandbox.ts_immo.identifiers import identifier
from portal.sandbox.ts_immo.moulds import Mould, cast
from portal.sandbox.ts_immo.places import Place

MOULDS = 1_024
FIRST_DAY = datetime(2023, 3, 1, 7, 30, tzinfo=UTC)
LAST_DAY = datetime(2026, 10, 30, 18, 0, tzinfo=UTC)


class Estate:
    """One estate. `price` None means "on request"; times are ISO texts, which sort as they stand."""

    __slots__ = ("created_at", "id", "mould", "price", "public_url", "reference", "status", "updated_at")

    def __init__(
        self, identity: str, reference: str, mould: Mould, price: Decimal | None, created: datetime
    ) -> None:
        self.id = identity
        self.reference = reference
        self.mould = mould
        self.price = price
        self.status = mould.status
        self.public_url: str | None = None
        self.created_at = stamp(created)
        self.updated_at = self.created_at

    def fact(self, name: str) -> Any:
        """A value by the name under which the search knows it."""
        return getattr(self, name) if name in self.__slots__ else self.mould.facts[name]

    def json(self, base: bytes) -> bytes:
        """The estate as sent; `base` is the address below which its pictures are."""
        values = {
            b"id": self.id.encode(),
            b"reference": self.reference.encode(),
            b"status": json.dumps(self.status, ensure_ascii=False).encode(),
            b"price": b"null" if self.price is None else str(self.price).encode(),
            b"public_url": json.dumps(self.public_url).encode(),
            b"created_at": self.created_at.encode(),
            b"updated_at": self.updated_at.encode(),
            b"base": base,
        }
        return self.mould.template % values


class Stock:
    """All estates by id. Every change raises `version`, which tells searches to look again."""

    def __init__(
        self, slug: str, agency: str, places: tuple[Place, ...], url: str, seed: int, size: int
    ) -> None:
        self.slug, self.base, self.seed = slug, url.encode(), seed
        self.version = 0
        self.lock = RLock()
        self.drift = 0
        self.empty = False
        self._agency, self._places = agency, places
        self._moulds: list[Mould] = []
        self._cast = 0
        self._latest = LAST_DAY
        self._estates: dict[str, Estate] = {}
        step = (LAST_DAY - FIRST_DAY) / max(size, 1)
        for number in range(size):
            self._insert(FIRST_DAY + number * step)

    def __len__(self) -> int:
        return len(self._estates)

    def all(self) -> list[Estate]:
        with self.lock:
            return list(self._estates.values())

    def get(self, identity: str) -> Estate | None:
        return self._estates.get(identity)

    def add(self, count: int = 1) -> list[str]:
        """New estates, the newest of all; returns their ids."""
        with self.lock:
            return [self._insert(self._now()) for _ in range(count)]

    def remove(self, identity: str) -> None:
        """Raises `KeyError` for an id that is not there."""
        with self.lock:
            del self._estates[identity]
            self.version += 1

    def remove_newest(self, count: int) -> None:
        with self.lock:
            for estate in sorted(self._estates.values(), key=lambda estate: estate.created_at)[-count:]:
                self.remove(estate.id)

    def change(self, identity: str, **values: Any) -> None:
        """Sets `price`, `status` or `public_url`. Raises `KeyError` for an id that is not there."""
        with self.lock:
            estate = self._estates[identity]
            for name, value in values.items():
                setattr(estate, name, value)
            estate.updated_at = stamp(self._now())
            self.version += 1

    def change_prices(self, percent: float) -> int:
        """Takes 3 % off that share of the priced estates, evenly spread; returns how many changed."""
        with self.lock:
            priced = [estate for estate in self._estates.values() if estate.price]
            count = round(len(priced) * percent / 100)
            for at in range(count):
                estate = priced[at * len(priced) // count]
                self.change(estate.id, price=(estate.price * Decimal("0.97")).quantize(Decimal(1)))  # type: ignore[operator]
            return count

    def _now(self) -> datetime:
        """Later than everything before, even where the machine's clock is behind or stands still."""
        self._latest = max(datetime.now(UTC), self._latest + timedelta(milliseconds=1))
        return self._latest

    def _insert(self, created: datetime) -> str:
        number, self._cast = self._cast, self._cast + 1
        if len(self._moulds) <= number < MOULDS:
            self._moulds.append(cast(self.slug, self._agency, self._places, number, self.seed))
        mould = self._moulds[number % MOULDS]
        # Estates of one mould differ by some per cent in price, the first keeps the mould's own.
        nudge = (number // MOULDS * 7) % 17
        price = Decimal(mould.price + mould.price * nudge // 200) if mould.price else None
        identity = identifier(self.slug, self.seed, number)
        reference = f"{self.slug[:4].upper()}-{number + 1:04d}"
        self._estates[identity] = Estate(identity, reference, mould, price, created)
        self.version += 1
        return identity


def stamp(moment: datetime) -> str:
    return f"{moment.isoformat(timespec='milliseconds')[:-6]}Z"
