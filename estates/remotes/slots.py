"""A limit on calls under way and on how soon others may follow them, kept by all workers together."""

from __future__ import annotations

import heapq
import logging
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import redis

from .errors import Throttled
from .limits import Limiter

logger = logging.getLogger(__name__)

# How long a place stays taken beyond the time its call has left, where the worker died with it.
LEASE_MARGIN = 5.0
# How soon a waiting call looks again where places do not rest: nothing tells it that another has ended.
LOOK_AGAIN = 0.02


class LocalSlots:
    """At most `places` calls under way, and at most `places` starts in any `rest` seconds, for one process.

    A place rests for `rest` seconds after its call has ended. A call reaches the remote between its start
    and its end here, so the remote too sees no more than `places` arrive in `rest` seconds, whatever the
    network does to their order and distance.
    """

    def __init__(self, places: int, rest: float) -> None:
        if places < 1 or rest < 0:
            raise ValueError("At least one place, and no negative rest")
        self._rest = rest
        self._free_from = [0.0] * places
        self._changed = threading.Condition()

    @contextmanager
    def turn(self, timeout: float) -> Iterator[None]:
        self._take(time.monotonic() + timeout)
        try:
            yield
        finally:
            with self._changed:
                heapq.heappush(self._free_from, time.monotonic() + self._rest)
                self._changed.notify()

    def _take(self, until: float) -> None:
        with self._changed:
            while not self._free_from or self._free_from[0] > time.monotonic():
                free = self._free_from[0] if self._free_from else until
                if until <= time.monotonic() or free > until:
                    raise _no_turn(free - time.monotonic())
                self._changed.wait(min(free, until) - time.monotonic())
            heapq.heappop(self._free_from)


# A place is a member of a sorted set; its score is the moment, in microseconds on Redis's own clock, when it is
# free. KEYS[1]: the set. Returns microseconds until the next place is certainly free, 0 for a place taken.
_TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))
if redis.call('ZCARD', KEYS[1]) < tonumber(ARGV[2]) then
    redis.call('ZADD', KEYS[1], string.format('%.0f', now + ARGV[3]), ARGV[1])
    local longest = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]
    redis.call('PEXPIRE', KEYS[1], math.ceil((longest - now) / 1000) + 1)
    return 0
end
return math.max(1, redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2] - now)
"""
_LEAVE = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
return redis.call('ZADD', KEYS[1], 'XX', string.format('%.0f', now + ARGV[2]), ARGV[1])
"""


class SharedSlots:
    """Like LocalSlots, for all processes with the same Redis and `name`; each keeps it alone without.

    What a worker held when it died is free again once its call could not have lasted any longer.
    """

    def __init__(self, client: redis.Redis, name: str, places: int, rest: float) -> None:
        self._local = LocalSlots(places, rest)
        self._name = f"passerelle:slots:{name}"
        self._places = places
        self._rest = round(rest * 1_000_000)
        # A call that ends now leaves a place that still has to rest: there is no use in looking sooner.
        self._pause = max(rest, LOOK_AGAIN)
        self._take: Any = client.register_script(_TAKE)
        self._leave: Any = client.register_script(_LEAVE)

    @contextmanager
    def turn(self, timeout: float) -> Iterator[None]:
        with self._shared(timeout) or self._local.turn(timeout):
            yield

    def _shared(self, timeout: float) -> AbstractContextManager[None] | None:
        """A place that is taken already; None where Redis is out of reach."""
        place, until = uuid.uuid4().hex, time.monotonic() + timeout
        lease = round((timeout + LEASE_MARGIN) * 1_000_000)
        while True:
            try:
                wait = int(self._take(keys=[self._name], args=[place, self._places, lease])) / 1_000_000
            except redis.RedisError as failure:
                logger.warning("The shared limit %s is kept by this process alone: %s", self._name, failure)
                return None
            if not wait:
                return self._held(place)
            left = until - time.monotonic()
            if left <= 0:
                raise _no_turn(min(wait, LEASE_MARGIN))
            time.sleep(min(wait, left, self._pause))

    @contextmanager
    def _held(self, place: str) -> Iterator[None]:
        try:
            yield
        finally:
            try:
                self._leave(keys=[self._name], args=[place, self._rest])
            except redis.RedisError as failure:
                logger.warning("A place of %s stays taken until its lease ends: %s", self._name, failure)


def slots(name: str, places: int, rest: float, client: redis.Redis | None = None) -> Limiter:
    """At most `places` calls at once and starts in any `rest` seconds: shared when `client` is given."""
    return SharedSlots(client, name, places, rest) if client is not None else LocalSlots(places, rest)


def _no_turn(wait: float) -> Throttled:
    return Throttled("Our own limit on calls at once leaves no turn in time", wait=wait)
