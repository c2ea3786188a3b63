"""The shared cache, which a dead Redis empties but does not break."""

import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis import ConnectionPool, Redis
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

ANSWERS_OF_AN_EMPTY_CACHE = {
    "add": True,
    "delete": False,
    "get_many": {},
    "has_key": False,
    "incr": 1,
    "set": None,
    "set_many": None,
    "touch": False,
}


class LenientClient(RedisCacheClient):
    """Answers as an empty cache would while Redis is away: pages go on, rate limits count for nothing."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._clients: dict[ConnectionPool, Redis] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Redis:
        """The one client of a pool: to make another for each question costs more than the question."""
        pool = self._get_connection_pool(write)
        if pool not in self._clients:
            self._clients[pool] = self._client(connection_pool=pool)
        return self._clients[pool]

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        return lenient(name, found) if name in ANSWERS_OF_AN_EMPTY_CACHE or name == "get" else found


def lenient(name: str, ask: Callable[..., Any]) -> Callable[..., Any]:
    def asked(*args: Any, **kwargs: Any) -> Any:
        try:
            return ask(*args, **kwargs)
        except RedisError as error:
            logger.warning("cache %s without Redis: %s", name, error)
            # `get` is called with the value to give back for a missing key.
            return args[1] if name == "get" else ANSWERS_OF_AN_EMPTY_CACHE[name]

    return asked


class LenientRedisCache(RedisCache):
    """Django's Redis cache with time-outs below what a person waits for."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        options = params.setdefault("OPTIONS", {})
        options.setdefault("socket_timeout", 1)
        options.setdefault("socket_connect_timeout", 0.5)
        super().__init__(server, params)
        self._class = LenientClient

    def tick(self, key: str, timeout: int) -> int:
        """Counts up from nothing, which `add` and `incr` need three questions for; 1 while Redis is away."""
        name = self.make_and_validate_key(key)
        try:
            client: Any = self._cache.get_client(name, write=True)
            number: int = client.incr(name)
            if number == 1:
                client.expire(name, timeout)
        except RedisError as error:
            logger.warning("cache tick without Redis: %s", error)
            return 1
        return number
