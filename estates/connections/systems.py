"""How the portal speaks to each remote system: by which client, how fast, and what it asks to try a key out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import redis

from estates.connections.models import System
from estates.remotes.base import RemoteClient
from estates.remotes.limits import Limiter, limiter
from estates.remotes.marketing_lab import MarketingLabClient
from estates.remotes.secret import Secret
from estates.remotes.ts_immo import TsImmoClient

C = TypeVar("C", bound=RemoteClient)


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

    def open(self, url: str, secret: Secret, **options: Any) -> C:
        """A client of what answers at `url`; `options` are those of `RemoteClient`."""
        return self.client(url, secret, **options)

    def limit(self, system: str, connection_id: int, shared: redis.Redis | None) -> Limiter:
        return limiter(f"{system}:{connection_id}", self.rate, self.burst, shared)


def ask_ts_immo(client: TsImmoClient) -> None:
    client.search_estates(limit=1)


REMOTES: dict[str, Remote[Any]] = {
    System.TS_IMMO: Remote(TsImmoClient, ask_ts_immo, rate=250, burst=20),
    System.MARKETING_LAB: Remote(MarketingLabClient, MarketingLabClient.regions, rate=10, burst=5),
}
"""The keys of any other system are kept, unchecked. Neither of these names a limit: their pace is manners."""
