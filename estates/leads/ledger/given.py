"""What a remote gave, read again from its answers as they were kept: saving leads has no part in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from estates.connections.models import Connection, System
from estates.leads.drafts import digest_of
from estates.leads.models import Batch
from estates.remotes.answers import read_json
from estates.remotes.errors import Malformed
from estates.remotes.marketing_lab_fields import identity, items_of, raw_of

AT_ONCE = 20
"""Answers held in memory together: one may have megabytes."""
COMPARISON = "getPulledContacts"
"""The operation that gives again what a lost or unreadable answer held."""


@dataclass
class Item:
    """Something that a remote gave: its id there, or "" where it has none, and the digest of its JSON."""

    remote_id: str
    digest: str

    @property
    def key(self) -> str:
        return self.remote_id or f"item {self.digest}"


@dataclass
class Given:
    """All that was given, by the day on which it first came, in the agency's time zone.

    `digests` has for each key every form in which it came. `operations` counts distinct keys by operation.
    `unread` are the answers that hold something nobody could read and that no later comparison made good.
    """

    first: dict[str, date] = field(default_factory=dict)
    remote_ids: dict[str, str] = field(default_factory=dict)
    digests: dict[str, set[str]] = field(default_factory=dict)
    operations: dict[str, set[str]] = field(default_factory=dict)
    unread: list[Batch] = field(default_factory=list)


def given_since(connection: Connection, since: date) -> Given:
    """Reads every answer that was kept since midnight of that day."""
    zone = ZoneInfo(connection.agency.time_zone)
    start = datetime.combine(since, datetime.min.time(), zone)
    batches = Batch.objects.for_agency(connection.agency).filter(connection=connection, seen_at__gte=start)
    given = Given()
    for batch in batches.order_by("pk").iterator(chunk_size=AT_ONCE):
        items = _items(batch, connection.system)
        if items is None:
            given.unread.append(batch)
            continue
        if batch.operation == COMPARISON:
            given.unread.clear()
        day = max(timezone.localdate(batch.at, zone), since)
        keys = given.operations.setdefault(batch.operation, set())
        for item in items:
            keys.add(item.key)
            given.first.setdefault(item.key, day)
            given.remote_ids[item.key] = item.remote_id
            given.digests.setdefault(item.key, set()).add(item.digest)
    return given


def _items(batch: Batch, system: str) -> list[Item] | None:
    """None for an answer that is no list of leads in any reading."""
    try:
        answer = read_json(batch.body.encode(), "application/json", lenient=True)
    except Malformed:
        return None
    read = READERS.get(system)
    return read(answer) if read else None


def _contacts(answer: Any) -> list[Item] | None:
    """marketing-lab.txt: a list of contacts, each with its `action_id`."""
    found = items_of(answer)
    if found is None:
        return None
    return [
        Item(identity(item.get("action_id")) or "" if isinstance(item, dict) else "", digest_of(raw_of(item)))
        for item in found
    ]


def _leads(answer: Any) -> list[Item]:
    """aviv-seeker-leads-operations.txt: whatever object has a `leadId` in its `metadata` is a lead."""
    return [Item(remote_id, digest_of(raw_of(lead))) for remote_id, lead in _with_lead_id(answer)]


def _with_lead_id(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, list):
        for item in value:
            yield from _with_lead_id(item)
    elif isinstance(value, dict):
        about = value.get("metadata")
        remote_id = identity(about.get("leadId")) if isinstance(about, dict) else None
        if remote_id:
            yield remote_id, value
        else:
            yield from _with_lead_id(list(value.values()))


READERS: Mapping[str, Callable[[Any], list[Item] | None]] = {
    System.MARKETING_LAB: _contacts,
    System.AVIV: _leads,
}
