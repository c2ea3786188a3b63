"""From a stored connection to a client that may call its remote system."""

import logging
from functools import cache, lru_cache
from typing import Self

import redis
from django.conf import settings

from estates.connections.models import Connection, ConnectionKey, System
from estates.connections.record import Recorder
from estates.connections.vault import unseal
from estates.remotes.exchange import Patience
from estates.remotes.limits import Limiter, limiter
from estates.remotes.secret import Secret
from estates.remotes.ts_immo import TsImmoClient

RATES: dict[str, tuple[float, int]] = {System.TS_IMMO: (250, 20)}
"""Starts per second and at once, for each connection in all workers. Ts-Immo names none: this is manners."""

Standing = ConnectionKey.Standing

logger = logging.getLogger(__name__)


class ClientMissing(LookupError):
    """There is nothing to call with: no key in use, or no client for the system."""


class RecordedTsImmoClient(TsImmoClient):
    """A Ts-Immo client whose answers are kept on its connection.

    `close` it, or use it in a `with` block: what it heard on other threads is written only then.
    """

    recorder: Recorder

    def close(self) -> None:
        super().close()
        try:
            self.recorder.flush()
        except Exception:
            # What the remote has done must not be done again because nobody could note that it answered.
            logger.exception("What %s answered could not be noted", self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def client_for(
    connection: Connection, *, patience: Patience | None = None, pool_size: int = 10
) -> RecordedTsImmoClient:
    """The client that calls with the connection's key in use, for `pool_size` threads.

    Raises `ClientMissing` when there is none (the connection may have been removed meanwhile) and
    `VaultError` when the key cannot be read.
    """
    url = base_url(connection.system, connection.environment)
    key = ConnectionKey.objects.filter(connection=connection, standing=Standing.LIVE).first()
    if key is None:
        raise ClientMissing(f"{connection} has no key in use")
    recorder = Recorder(key)
    client = RecordedTsImmoClient(
        url,
        unseal(key.ciphertext),
        patience=patience,
        pool_size=pool_size,
        limiter=limiter_of(connection.system, connection.pk),
        on_answer=recorder,
    )
    client.recorder = recorder
    return client


def client_to_check(
    system: str, environment: str, secret: Secret, patience: Patience | None = None
) -> TsImmoClient:
    """A client for a key that is not in use. What it hears says nothing about a connection."""
    return TsImmoClient(base_url(system, environment), secret, patience=patience, pool_size=1)


def base_url(system: str, environment: str) -> str:
    """Where a system answers. Raises `ClientMissing` where nothing speaks to it yet."""
    if system not in RATES:
        raise ClientMissing(f"There is no client for {system} yet")
    return str(settings.REMOTE_URLS[system, environment])


@lru_cache(maxsize=4096)
def limiter_of(system: str, connection_id: int) -> Limiter:
    rate, burst = RATES[system]
    return limiter(f"{system}:{connection_id}", rate, burst, shared_redis())


@cache
def shared_redis() -> redis.Redis | None:
    if not settings.REDIS_URL:
        return None
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=0.5)
