"""Putting what a connection lists into the catalogue: only the differences, in bulk, whoever else does it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

from django.db import DataError, transaction
from django.db import connection as db

from estates.catalogue import bulk_postgresql, bulk_sqlite
from estates.catalogue.history import Before, changes
from estates.catalogue.models import Estate, EstateChange
from estates.catalogue.rows import Row, rows_of
from estates.connections.models import Connection
from estates.remotes.ts_immo_estates import Estate as RemoteEstate
from estates.webhooks.kinds import EventType
from estates.webhooks.tell import tell

UNWRITABLE = (DataError, ValueError, ArithmeticError)
"""What a database or its driver says to a value that it cannot hold."""


class Bulk(Protocol):
    """The writer of one kind of database."""

    def write(self, new: Sequence[Row], known: Sequence[Row]) -> int:
        """Writes rows and payloads inside a transaction; returns how many became new estates.

        `known` are in the table and locked. Some of `new` may be there by now, changed or not.
        """


BULK: Mapping[str, Bulk] = {"postgresql": bulk_postgresql, "sqlite": bulk_sqlite}


class Held(NamedTuple):
    """What a sync needs to know of an estate that we hold. `quiet`: present, not missed by the last sync."""

    pk: int
    digest: bytes
    quiet: bool
    gone: bool


@dataclass
class Merged:
    """What became of some estates: counts, and those that the database could not hold, with its reason."""

    stored: int = 0
    changed: int = 0
    rejected: list[tuple[RemoteEstate, str]] = field(default_factory=list)

    def add(self, other: Merged) -> Merged:
        self.stored += other.stored
        self.changed += other.changed
        self.rejected += other.rejected
        return self


def held_by(connection: Connection) -> dict[str, Held]:
    """Everything that we hold of a connection, gone estates included, by remote id."""
    table = Estate._meta.db_table
    with db.cursor() as cursor:
        cursor.execute(
            f"SELECT remote_id, id, digest, missed = 0 AND gone_at IS NULL, gone_at IS NOT NULL"  # noqa: S608
            f" FROM {table} WHERE connection_id = %s",
            [connection.pk],
        )
        return {name: Held(pk, bytes(digest), quiet, gone) for name, pk, digest, quiet, gone in cursor}


def differences(estates: Iterable[RemoteEstate], held: Mapping[str, Held]) -> list[RemoteEstate]:
    """The estates that would make a merge write something."""
    found = []
    for estate in estates:
        known = held.get(estate.remote_id)
        if known is None or known.digest != estate.digest or not known.quiet:
            found.append(estate)
    return found


def merge(connection: Connection, estates: Sequence[RemoteEstate], now: datetime) -> Merged:
    """Writes estates of distinct ids in one transaction: rows, payloads and history.

    Writes nothing for what is the same already, however many do it at once. An estate that the database
    cannot hold is left out and named, the others are written all the same.
    """
    try:
        with transaction.atomic():
            return _merge(connection, rows_of(estates, connection, now), now)
    except UNWRITABLE as error:
        if len(estates) == 1:
            return Merged(rejected=[(estates[0], str(error).partition("\n")[0])])
    half = len(estates) // 2
    return merge(connection, estates[:half], now).add(merge(connection, estates[half:], now))


def _merge(connection: Connection, rows: Sequence[Row], now: datetime) -> Merged:
    before = _locked(connection, [row.estate.remote_id for row in rows])
    new, known, history, news = [], [], [], list[str]()
    for row in rows:
        held = before.get(row.estate.remote_id)
        if held is None:
            new.append(row)
        elif held.differs(row.estate):
            known.append(row)
            if held.is_news(row.estate):
                news.append(row.estate.remote_id)
            history += changes(connection.agency_id, held, row.estate, now)
    stored = BULK[db.vendor].write(new, known) if new or known else 0
    EstateChange.objects.across_agencies().bulk_create(history, batch_size=500)
    tell(connection.agency_id, EventType.ESTATE_CREATED, [row.estate.remote_id for row in new], now)
    tell(connection.agency_id, EventType.ESTATE_CHANGED, news, now)
    return Merged(stored, len(news))


def _locked(connection: Connection, remote_ids: Sequence[str]) -> dict[str, Before]:
    """Locked in the order of their ids: two who merge the same page wait for each other, but not for ever."""
    rows = Estate.objects.across_agencies().filter(connection=connection, remote_id__in=remote_ids)
    found = rows.select_for_update().order_by("pk").values_list(*(name for name in Before._fields))
    return {remote_id: Before(remote_id, *rest) for remote_id, *rest in found}
