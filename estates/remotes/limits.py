"""Rate limits that all workers keep together."""

from __future__ import annotations

import logging
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

import redis

from .errors import Throttled

logger = logging.getLogger(__name__)


class Limiter(Protocol):
    def turn(self, timeout: float) -> AbstractContextManager[None]:
        """Waits for a turn, which lasts until the end of the `with` block.

        Raises Throttled, as soon as that is certain, if it would take longer than `timeout` seconds.
        """


class Pace(ABC):
    """A limit of starts alone: a turn is over as soon as it has begun."""

    @abstractmethod
    def acquire(self, timeout: float) -> None:
        """Waits for a turn; raises Throttled at once if it would take longer than `timeout` seconds."""

    @contextmanager
    def turn(self, timeout: float) -> Iterator[None]:
        self.acquire(timeout)
        yield


class LocalLimiter(Pace):
    """At most `burst` starts at once and `rate` a second on average, for the threads of one process.

    A turn is reserved when asked for, so waiting threads are served in the order in which they came.
    """

    def __init__(self, rate: float, burst: int = 1) -> None:
        if rate <= 0 or burst < 1:
            raise ValueError("A rate limit needs a positive rate and a burst of at least one")
        self._interval = 1 / rate
        self._tolerance = self._interval * (burst - 1)
        self._next = 0.0
        self._lock = threading.Lock()

    def acquire(self, timeout: float) -> None:
        with self._lock:
            now = time.monotonic()
            turn = max(self._next, now)
            wait = turn - self._tolerance - now
            if wait <= timeout:
                self._next = turn + self._interval
        sleep_or_refuse(wait, timeout)


# The same reckoning as LocalLimiter's, atomically and on Redis's own clock: workers' clocks differ.
# KEYS[1]: the next free turn in microseconds. ARGV: interval, tolerance, longest wait, all in microseconds.
_RESERVE = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local turn = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now)
local wait = turn - ARGV[2] - now
if wait <= tonumber(ARGV[3]) then
    local following = turn + ARGV[1]
    redis.call('SET', KEYS[1], string.format('%.0f', following), 'PX', math.ceil((following - now) / 1000))
end
return math.ceil(wait)
"""


class SharedLimiter(Pace):
    """Like LocalLimiter, for all processes with the same Redis and `name`; each keeps it alone without."""

    def __init__(self, client: redis.Redis, name: str, rate: float, burst: int = 1) -> None:
        self._local = LocalLimiter(rate, burst)
        self._name = f"passerelle:rate:{name}"
        self._interval = round(1_000_000 / rate)
        self._tolerance = self._interval * (burst - 1)
        self._reserve = client.register_script(_RESERVE)

    def acquire(self, timeout: float) -> None:
        arguments = [self._interval, self._tolerance, max(0, round(timeout * 1_000_000))]
        try:
            wait = int(self._reserve(keys=[self._name], args=arguments)) / 1_000_000
        except redis.RedisError as failure:
            logger.warning("The shared rate limit %s is kept by this process alone: %s", self._name, failure)
            self._local.acquire(timeout)
            return
        sleep_or_refuse(wait, timeout)


def limiter(name: str, rate: float, burst: int = 1, client: redis.Redis | None = None) -> Limiter:
    """A limit of `rate` calls a second: shared through Redis when `client` is given, else of this process."""
    return SharedLimiter(client, name, rate, burst) if client is not None else LocalLimiter(rate, burst)


def sleep_or_refuse(wait: float, timeout: float) -> None:
    if wait > timeout:
        raise Throttled("Our own rate limit leaves no turn in time", wait=wait)
    if wait > 0:
        time.sleep(wait)
