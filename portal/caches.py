"""The shared cache, which a dead Redis empties but does not break."""

import logging
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


class LenientClient(RedisCacheClient):  # type: ignore[misc]
    """Answers as an empty cache would while Redis is away; rate limits then count per process start."""

    def _lenient(self, verb: str, otherwise: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return getattr(super(), verb)(*args, **kwargs)
        except RedisError as error:
            logger.warning("cache %s without Redis: %s", verb, error)
            return otherwise

    def get(self, key: str, default: Any) -> Any:
        return self._lenient("get", default, key, default)

    def set(self, *args: Any, **kwargs: Any) -> Any:
        return self._lenient("set", None, *args, **kwargs)

    def add(self, *args: Any, **kwargs: Any) -> Any:
        return self._lenient("add", True, *args, **kwargs)

    def delete(self, key: str) -> Any:
        return self._lenient("delete", False, key)

    def touch(self, *args: Any, **kwargs: Any) -> Any:
        return self._lenient("touch", False, *args, **kwargs)

    def get_many(self, keys: Any) -> Any:
        return self._lenient("get_many", {}, keys)

    def has_key(self, key: str) -> Any:
        return self._lenient("has_key", False, key)

    def set_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._lenient("set_many", None, *args, **kwargs)


class LenientRedisCache(RedisCache):
    """Django's Redis cache with time-outs below what a person waits for."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        options = params.setdefault("OPTIONS", {})
        options.setdefault("socket_timeout", 1)
        options.setdefault("socket_connect_timeout", 0.5)
        super().__init__(server, params)
        self._class = LenientClient
