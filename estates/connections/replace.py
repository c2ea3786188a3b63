"""Storing a key that shall replace the one in use."""

from django.db import transaction

from accounts.audit import record
from accounts.models import User
from estates.connections.check import start_check
from estates.connections.models import Connection, ConnectionKey
from estates.connections.replacement import lock
from estates.connections.store import add_key
from estates.jobs.models import Job
from estates.remotes.secret import Secret


def replace_key(connection: Connection, actor: User, secret: Secret) -> Job | None:
    """Stores a replacement and asks for its check. The key in use stays until then.

    An earlier replacement that still waits gives way. None when the connection was removed meanwhile.
    """
    with transaction.atomic():
        locked = lock(connection)
        if locked is None:
            return None
        locked.keys.filter(standing=ConnectionKey.Standing.PENDING).delete()
        key = add_key(locked, actor, secret, ConnectionKey.Standing.PENDING)
        record(locked.agency, actor, "connection.replacement_stored", str(locked))
        return start_check(key, actor)
