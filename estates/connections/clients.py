"""From a stored connection to a client that may call its remote system."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, lru_cache

import redis
from django.conf import settings

from estates.connections.models import Connection, ConnectionKey
from estates.connections.record import Recorder
from estates.connections.systems import REMOTES, C
from estates.connections.vault import unseal
from estates.remotes.base import RemoteClient
from estates.remotes.exchange import Patience
from estates.remotes.limits import Limiter
from estates.remotes.secret import Secret

Standing = ConnectionKey.Standing
NO_CONNECTION = 0
"""What all keys that are tried out before they are in use share one limit as."""

logger = logging.getLogger(__name__)


class ClientMissing(LookupError):
    """There is nothing to call with: no key in use, or the system's client is another."""


@contextmanager
def client_for(
    connection: Connection, kind: type[C], *, patience: Patience | None = None, pool_size: int = 10
) -> Iterator[C]:
    """The client that calls with the connection's key in use, for `pool_size` threads, in a `with` block.

    `kind` is the client of the connection's system; `RemoteClient` stands for any. The connection remembers how
    its calls ended; what was heard on other threads is written at the end of the block. Raises `ClientMissing`
    when there is none (the connection may have been removed meanwhile) and `VaultError` when the key cannot be
    read.
    """
    remote, url = REMOTES[connection.system], base_url(connection.system, connection.environment)
    if not issubclass(remote.client, kind):
        raise ClientMissing(f"{connection} has no {kind.__name__}")
    key = ConnectionKey.objects.filter(connection=connection, standing=Standing.LIVE).first()
    if key is None:
        raise ClientMissing(f"{connection} has no key in use")
    recorder = Recorder(key)
    client = remote.open(
        url,
        unseal(key.ciphertext),
        environment=connection.environment,
        patience=patience,
        pool_size=pool_size,
        limiter=limiter_of(connection.system, connection.environment, connection.pk),
        on_answer=recorder,
    )
    try:
        yield client
    finally:
        client.close()
        write_down(recorder, connection)


def write_down(recorder: Recorder, connection: Connection) -> None:
    try:
        recorder.flush()
    except Exception:
        # What the remote has done must not be done again because nobody could note that it answered.
        logger.exception("What %s answered could not be noted", connection)


def client_to_check(
    system: str, environment: str, secret: Secret, patience: Patience | None = None
) -> RemoteClient:
    """A client for a key that is not in use. What it hears says nothing about a connection."""
    url = base_url(system, environment)
    limit = limiter_of(system, environment, NO_CONNECTION)
    client: RemoteClient = REMOTES[system].open(
        url, secret, environment=environment, patience=patience, pool_size=1, limiter=limit
    )
    return client


def base_url(system: str, environment: str) -> str:
    return str(settings.REMOTE_URLS[system, environment])


@lru_cache(maxsize=4096)
def limiter_of(system: str, environment: str, connection_id: int) -> Limiter:
    return REMOTES[system].limit(system, environment, connection_id, shared_redis())


@cache
def shared_redis() -> redis.Redis | None:
    if not settings.REDIS_URL:
        return None
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=0.5)
