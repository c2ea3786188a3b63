"""The ledger: what each source gave against what is here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.models import Agency
from estates.connections.models import Connection
from estates.leads.ledger.given import READERS, given_since
from estates.leads.models import Batch, Lead, StrayItem, Tombstone

DAYS = 30
CHUNK = 500
"""Ids asked for in one query."""


@dataclass(frozen=True)
class Day:
    """How many distinct items first came on a day, how many of them are here, and which are not."""

    day: date
    given: int
    here: int
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ledger:
    """One connection's account over the last days, newest first; `operations` counts what each call gave."""

    connection: Connection
    days: tuple[Day, ...]
    operations: dict[str, int]
    unread: tuple[Batch, ...]

    @property
    def given(self) -> int:
        return sum(day.given for day in self.days)

    @property
    def here(self) -> int:
        return sum(day.here for day in self.days)

    @property
    def missing(self) -> list[str]:
        return [key for day in self.days for key in day.missing]

    @property
    def most(self) -> int:
        """The longest bar of the picture."""
        return max((day.given for day in self.days), default=0) or 1

    @property
    def holds(self) -> bool:
        return not self.missing and not self.unread


def connections_of(agency: Agency) -> list[Connection]:
    """Every connection that ever gave leads, removed ones included."""
    gave = Batch.objects.for_agency(agency).order_by().values("connection")
    rows = Connection.objects.for_agency(agency).filter(pk__in=gave, system__in=READERS)
    return list(rows.select_related("agency").order_by("system", "label", "pk"))


def ledger_of(connection: Connection, days: int = DAYS) -> Ledger:
    """Reads all answers of the last days again: seconds where there are thousands of them."""
    today = timezone.localdate(timezone=ZoneInfo(connection.agency.time_zone))
    since = today - timedelta(days=days - 1)
    given = given_since(connection, since)
    known = _known(connection, given.remote_ids.values())
    apart = _apart(connection, (digest for forms in given.digests.values() for digest in forms))
    missing: dict[date, list[str]] = {}
    for key, day in given.first.items():
        if given.remote_ids[key] not in known and not given.digests[key] & apart:
            missing.setdefault(day, []).append(key)
    first = Counter(given.first.values())
    rows = []
    for back in range(days):
        day = today - timedelta(days=back)
        lost = tuple(sorted(missing.get(day, ())))
        rows.append(Day(day, first[day], first[day] - len(lost), lost))
    operations = {name: len(keys) for name, keys in sorted(given.operations.items())}
    return Ledger(connection, tuple(rows), operations, tuple(given.unread))


def _known(connection: Connection, remote_ids: Iterable[str]) -> set[str]:
    """Which of the ids are leads here, or were and are erased."""
    found: set[str] = set()
    for some in _chunks(remote_ids):
        for rows in (
            Lead.objects.for_agency(connection.agency),
            Tombstone.objects.for_agency(connection.agency),
        ):
            here = rows.filter(connection=connection, remote_id__in=some)
            found.update(here.values_list("remote_id", flat=True))
    return found


def _apart(connection: Connection, digests: Iterable[str]) -> set[str]:
    """Which of the digests were set apart, because they could not be read as a lead or be stored as one."""
    found: set[str] = set()
    for some in _chunks(digests):
        strays = StrayItem.objects.for_agency(connection.agency).filter(
            connection=connection, digest__in=some
        )
        found.update(strays.values_list("digest", flat=True))
    return found


def _chunks(values: Iterable[str]) -> Iterator[list[str]]:
    distinct = sorted({value for value in values if value})
    return (distinct[at : at + CHUNK] for at in range(0, len(distinct), CHUNK))
