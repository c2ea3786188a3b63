"""Storing, renaming and removing connections."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.audit import record
from accounts.models import Agency, User
from estates.connections.models import Connection, ConnectionKey
from estates.connections.record import begin_afresh
from estates.connections.sealed import SHORTEST_WITH_AN_END
from estates.connections.signals import connection_ready
from estates.connections.vault import seal
from estates.connections.verdict import Verdict
from estates.remotes.secret import Secret

Standing = ConnectionKey.Standing


class LabelTaken(Exception):
    """The agency has a connection of this label to this system and environment."""


def store_key(
    agency: Agency,
    actor: User | None,
    *,
    system: str,
    environment: str,
    label: str,
    secret: Secret,
    verdict: Verdict | None,
) -> Connection:
    """Stores a connection with its key; `verdict` is what its check said, if there was one.

    Sends `connection_ready`. Raises `LabelTaken`.
    """
    connection = Connection(agency=agency, system=system, environment=environment, label=label)
    with transaction.atomic():
        try:
            with transaction.atomic():
                connection.save()
        except IntegrityError as taken:
            raise LabelTaken from taken
        add_key(connection, actor, secret, Standing.LIVE)
        begin_afresh(connection, verdict)
        outcome = verdict.outcome if verdict else ""
        record(agency, actor, "connection.stored", str(connection), environment=environment, outcome=outcome)
        connection_ready.send(Connection, connection=connection, actor=actor)
    return connection


def add_key(
    connection: Connection, actor: User | None, secret: Secret, standing: ConnectionKey.Standing
) -> ConnectionKey:
    """Seals a key beside its connection, inside the caller's transaction."""
    return ConnectionKey.objects.create(
        connection=connection,
        ciphertext=seal(secret),
        last_four=end_of(secret),
        stored_by=actor,
        standing=standing,
    )


def end_of(secret: Secret) -> str:
    """The last four characters, which may be shown."""
    return secret.reveal()[-4:] if len(secret.reveal()) >= SHORTEST_WITH_AN_END else ""


def rename(connection: Connection, actor: User, label: str) -> None:
    """Raises `LabelTaken`."""
    before = str(connection)
    try:
        with transaction.atomic():
            rows = Connection.objects.for_agency(connection.agency).filter(pk=connection.pk, removed_at=None)
            if not rows.exclude(label=label).update(label=label):
                return
            connection.refresh_from_db()
            record(connection.agency, actor, "connection.renamed", str(connection), before=before)
    except IntegrityError as taken:
        raise LabelTaken from taken


def remove(connection: Connection, actor: User) -> None:
    """Deletes the keys and hides the connection; what was mirrored through it stays. May be repeated."""
    with transaction.atomic():
        rows = Connection.objects.for_agency(connection.agency).filter(pk=connection.pk, removed_at=None)
        if rows.update(removed_at=timezone.now()):
            connection.keys.all().delete()
            record(connection.agency, actor, "connection.removed", str(connection))
