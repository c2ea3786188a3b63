"""One run for each key at a time, also where the same key was stored twice."""

import secrets
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
"""Longer than any single call to a remote takes, after which whoever holds a lease prolongs it."""


class InUse(Exception):
    """Another run works with the same key."""


class Lease:
    def __init__(self, fingerprint: str) -> None:
        self.fingerprint = fingerprint
        self.holder = secrets.token_hex(16)

    def take(self) -> None:
        """Takes or prolongs the lease. Raises `InUse`."""
        now = timezone.now()
        until = now + LASTS
        KeyLease.objects.get_or_create(fingerprint=self.fingerprint, defaults={"until": now})
        free = Q(holder=self.holder) | Q(until__lte=now)
        mine = KeyLease.objects.filter(free, fingerprint=self.fingerprint)
        if not mine.update(holder=self.holder, until=until):
            raise InUse

    def release(self) -> None:
        KeyLease.objects.filter(fingerprint=self.fingerprint, holder=self.holder).update(
            holder="", until=timezone.now()
        )


@contextmanager
def leased(connection: Connection) -> Iterator[Lease]:
    """Holds the lease of the connection's key in use. Raises `InUse`; whoever dies with it is waited out."""
    key = ConnectionKey.objects.get(connection=connection, standing=ConnectionKey.Standing.LIVE)
    fingerprint = salted_hmac("leads.lease", unseal(key.ciphertext).reveal(), algorithm="sha256").hexdigest()
    lease = Lease(fingerprint)
    lease.take()
    try:
        yield lease
    finally:
        lease.release()
