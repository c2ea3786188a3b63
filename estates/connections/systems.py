"""How the portal speaks to each remote system: by which client, how fast, and what it asks to try a key out."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar

import redis
from django.conf import settings

from estates.connections.models import System
from estates.connections.tokens import SealedTokens
from estates.remotes.aviv import AvivClient
from estates.remotes.base import RemoteClient
from estates.remotes.limits import Limiter, limiter
from estates.remotes.marketing_lab import MarketingLabClient
from estates.remotes.secret import Secret
from estates.remotes.seeki import SeekiClient
from estates.remotes.slots import slots
from estates.remotes.ts_immo import TsImmoClient

C = TypeVar("C", bound=RemoteClient)

EMBEDDED_PROCESSES = 5
"""The site, its worker's three processes and somebody at the command line: the set-up without Redis."""


@dataclass(frozen=True)
class Remote(Generic[C]):
    """One system: its client, `ask`, the cheapest call that changes nothing there, and its pace.

    `rate` is starts per second and `burst` starts at once, for each connection in all workers together. Where a
    credential has several parts, or all connections share one limit, a subclass overrides `open` or `limit`.
    """

    client: type[C]
    ask: Callable[[C], object]
    rate: float
    burst: int

    def open(self, url: str, secret: Secret, *, environment: str, **options: Any) -> C:
        """A client of what answers at `url`; `options` are those of `RemoteClient`."""
        return self.client(url, secret, **options)

    def limit(self, system: str, environment: str, connection_id: int, shared: redis.Redis | None) -> Limiter:
        return limiter(f"{system}:{connection_id}", self.rate, self.burst, shared)


class AvivRemote(Remote[AvivClient]):
    """AVIV's key may be credentials, and all connections to one environment share one limit (READINGS)."""

    def open(self, url: str, secret: Secret, *, environment: str, **options: Any) -> AvivClient:
        return self.client(url, secret, token_url=settings.AVIV_TOKEN_URL, tokens=SealedTokens(), **options)

    def limit(self, system: str, environment: str, connection_id: int, shared: redis.Redis | None) -> Limiter:
        return aviv_slots(environment, shared)


class SeekiRemote(Remote[SeekiClient]):
    """Seeki's keys say which environment they are for; its client refuses to send one to the other."""

    def open(self, url: str, secret: Secret, *, environment: str, **options: Any) -> SeekiClient:
        return self.client(url, secret, environment, **options)


@cache
def aviv_slots(environment: str, shared: redis.Redis | None) -> Limiter:
    """Ten calls at once and ten starts in 200 ms; without Redis each process keeps to its share of them."""
    return slots(f"aviv:{environment}", 10 if shared else 10 // EMBEDDED_PROCESSES, 0.2, shared)


def ask_ts_immo(client: TsImmoClient) -> None:
    client.search_estates(limit=1)


REMOTES: dict[str, Remote[Any]] = {
    System.TS_IMMO: Remote(TsImmoClient, ask_ts_immo, rate=250, burst=20),
    System.MARKETING_LAB: Remote(MarketingLabClient, MarketingLabClient.regions, rate=10, burst=5),
    System.AVIV: AvivRemote(AvivClient, AvivClient.subscriptions, rate=50, burst=10),
    System.SEEKI: SeekiRemote(SeekiClient, SeekiClient.check_key, rate=50, burst=10),
}
"""Every system has its client. Only AVIV names a limit: the others' pace is manners."""
