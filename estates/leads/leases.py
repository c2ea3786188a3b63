"""One connection at a time for each key, also where the same key was stored twice.

Of one connection the jobs see to it that one run is at work. A run that goes on after a worker's death therefore
has its lease already; any other connection with the same key waits until it ends, or was silent for too long.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from estates.connections.models import Connection, ConnectionKey
from estates.connections.vault import unseal
from estates.leads.models import KeyLease

LASTS = timedelta(seconds=90)
"""Longer than any single call to a remote takes, before each of which the lease is prolonged."""


class InUse(Exception):
    """Another connection works with the same key."""


class Lease:
    def __init__(self, fingerprint: str, connection: Connection) -> None:
        self.fingerprint = fingerprint
        self.holder = str(connection.pk)

    def take(self) -> None:
        """Takes or prolongs the lease. Raises `InUse`."""
        now = timezone.now()
        KeyLease.objects.get_or_create(fingerprint=self.fingerprint, defaults={"until": now})
        free = Q(holder=self.holder) | Q(until__lte=now)
        mine = KeyLease.objects.filter(free, fingerprint=self.fingerprint)
        if not mine.update(holder=self.holder, until=now + LASTS):
            raise InUse

    def release(self) -> None:
        mine = KeyLease.objects.filter(fingerprint=self.fingerprint, holder=self.holder)
        mine.update(holder="", until=timezone.now())


@contextmanager
def leased(connection: Connection) -> Iterator[Lease]:
    """Holds the lease of the connection's key in use. Raises `InUse`."""
    key = ConnectionKey.objects.get(connection=connection, standing=ConnectionKey.Standing.LIVE)
    secret = unseal(key.ciphertext).reveal()
    lease = Lease(salted_hmac("leads.lease", secret, algorithm="sha256").hexdigest(), connection)
    lease.take()
    try:
        yield lease
    finally:
        lease.release()
