"""What one website holds of its account's stock: every estate as it was when it was last sent there.

The first filling leaves some behind, as websites do that have been there for years, so that each verdict on a
page has its estate. Drawn by seed and domain, always the same; the next replay puts right what it sends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from hashlib import blake2b

from portal.sandbox.ts_immo.stock import Estate

FEWEST = 12
"""With fewer available estates none is left behind."""
WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Shown:
    """An estate with the price and the status that the website has. `there` is False where the page was never
    made, `broken` where making it fails each time.
    """

    estate: Estate
    price: Decimal | None
    status: str
    there: bool = True
    broken: bool = False


class Mirror:
    """The estates of one website by reference; it is read while it changes."""

    def __init__(self, estates: list[Estate], domain: str, seed: int) -> None:
        current = [_as_it_is(estate) for estate in estates]
        self._shown = _by_reference([*current, *_left_behind(estates, domain, seed)])

    def __iter__(self) -> Iterator[Shown]:
        """Those that have a page, newest first."""
        shown = [one for one in self._shown.values() if one.there and one.status != WITHDRAWN]
        return iter(sorted(shown, key=lambda one: one.estate.created_at, reverse=True))

    def get(self, reference: str) -> Shown | None:
        found = self._shown.get(reference)
        return found if found and found.there and found.status != WITHDRAWN else None

    def receive(self, estate: Estate) -> None:
        self._shown = self._shown | _by_reference([_as_it_is(estate)])

    def receive_all(self, estates: list[Estate]) -> None:
        """Estates that Ts-Immo no longer has disappear here too."""
        self._shown = _by_reference(map(_as_it_is, estates))


def _by_reference(shown: Iterable[Shown]) -> dict[str, Shown]:
    return {one.estate.reference: one for one in shown}


def _as_it_is(estate: Estate) -> Shown:
    return Shown(estate, estate.price, estate.status)


def _dearer(shown: Shown) -> Shown:
    """The price from before a reduction; on request for what has none."""
    step = 5_000 if shown.price and shown.price > 100_000 else 10
    before = shown.price and (shown.price * Decimal("1.06") / step).quantize(Decimal(1)) * step
    return replace(shown, price=before)


def _taken(shown: Shown) -> Shown:
    return replace(shown, status="rented" if "rental" in shown.estate.fact("offer_type") else "sold")


def _missing(shown: Shown) -> Shown:
    return replace(shown, there=False)


def _broken(shown: Shown) -> Shown:
    return replace(shown, broken=True)


LAGS: tuple[tuple[int, Callable[[Shown], Shown]], ...] = (
    (40, _dearer),
    (80, _taken),
    (80, _missing),
    (160, _broken),
)
"""One available estate out of so many, at least one: shown dearer, as taken, not at all, or with an error."""


def _left_behind(estates: list[Estate], domain: str, seed: int) -> Iterator[Shown]:
    """The laggards: priced ones, and those first whose address here Ts-Immo knows."""
    available = [estate for estate in estates if estate.status == "available" and estate.price]
    if len(available) < FEWEST:
        return
    known = {estate.id for estate in available if f"//{domain}/" in (estate.public_url or "")}
    available.sort(key=lambda estate: (estate.id not in known, drawn(f"{seed}:{domain}", estate.id)))
    waiting = iter(available)
    for share, lag in LAGS:
        for _ in range(max(1, (len(known) or len(available)) // share)):
            yield lag(_as_it_is(next(waiting)))


def drawn(seed: str, identity: str) -> bytes:
    """A place in an order that is as good as chance and the same on every machine."""
    return blake2b(f"{seed}:{identity}".encode(), digest_size=8).digest()
