"""What becomes of a replacement that waits beside the key in use: it takes its place, or it is dropped."""

from django.db import transaction
from django.utils import timezone

from accounts.audit import record
from accounts.models import User
from estates.connections.models import Connection, ConnectionKey
from estates.connections.record import begin_afresh
from estates.connections.signals import connection_ready
from estates.connections.verdict import Verdict

Standing = ConnectionKey.Standing


def use_replacement(key: ConnectionKey, actor: User | None, verdict: Verdict | None) -> bool:
    """Puts a pending key to use and deletes the one before it; without `verdict` because a person insists.

    False when the key is pending no more: it was used, dropped or replaced in its turn. Sends
    `connection_ready`.
    """
    with transaction.atomic():
        connection = lock(key.connection)
        pending = ConnectionKey.objects.filter(pk=key.pk, standing=Standing.PENDING)
        if connection is None or not pending.exists():
            return False
        connection.keys.filter(standing=Standing.LIVE).delete()
        pending.update(standing=Standing.LIVE, checked_at=None, outcome="", answer="")
        begin_afresh(connection, verdict)
        outcome = verdict.outcome if verdict else ""
        record(connection.agency, actor, "connection.key_replaced", str(connection), outcome=outcome)
        connection_ready.send(Connection, connection=connection, actor=actor)
        return True


def keep_waiting(key: ConnectionKey, verdict: Verdict) -> None:
    """Notes on a pending key why its check did not put it to use."""
    ConnectionKey.objects.filter(pk=key.pk, standing=Standing.PENDING).update(
        checked_at=timezone.now(), outcome=verdict.outcome, answer=verdict.words
    )


def drop_replacement(connection: Connection, actor: User) -> bool:
    """Deletes the pending key; the one in use goes on. False when there is none."""
    with transaction.atomic():
        dropped, _by_model = connection.keys.filter(standing=Standing.PENDING).delete()
        if dropped:
            record(connection.agency, actor, "connection.replacement_dropped", str(connection))
        return bool(dropped)


def lock(connection: Connection) -> Connection | None:
    """The connection's row, held until the transaction ends; None when it was removed meanwhile."""
    rows = Connection.objects.for_agency(connection.agency).select_for_update(of=("self",))
    return rows.select_related("agency").filter(pk=connection.pk, removed_at=None).first()
