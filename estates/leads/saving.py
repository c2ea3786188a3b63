"""Saving leads: each of them once, however often, by whomever and in whatever order it is handed over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from django.conf import settings
from django.db import DataError, IntegrityError, transaction
from django.db import connection as db
from django.utils import timezone

from accounts.rows import update_rows
from estates.catalogue import lookups  # noqa: F401  # any_of
from estates.catalogue.bulk_postgresql import copy_rows, new_ids
from estates.connections.models import Connection
from estates.leads.drafts import GIVEN, Draft, columns_of, digest_of, payload_of, row_of
from estates.leads.erasure.items import without_the_erased
from estates.leads.models import Lead, LeadPayload, StrayItem, Tombstone
from estates.leads.models.leads import Way
from estates.webhooks.kinds import EventType
from estates.webhooks.tell import tell

UNWRITABLE = (DataError, ValueError, ArithmeticError)
"""What a database or its driver says to a value that it cannot hold."""
RACES = 5

_TABLE, _PAYLOADS = Lead._meta.db_table, LeadPayload._meta.db_table
_COLUMNS = [field.attname for field in Lead._meta.concrete_fields if not field.primary_key]
_CHANGED = [*GIVEN, "changed_at", "filed_at"]


@dataclass
class Saved:
    """What became of some leads: how many are new, changed, the same as before, erased for good, set apart."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    erased: int = 0
    strays: int = 0
    blanked: list[str] = field(default_factory=list)
    """Remote ids of leads that we hold and that the remote has blanked: their erasure is the caller's."""

    def add(self, other: Saved) -> Saved:
        for name in ("new", "changed", "unchanged", "erased", "strays", "blanked"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        return self


def save(connection: Connection, drafts: Sequence[Draft], way: Way) -> Saved:
    """Saves what a connection handed over, in one transaction, and leaves the filing to a job.

    Of a lead that occurs twice the later one counts. A lead that the database cannot hold is set apart with
    its reason, and the others are saved all the same.
    """
    distinct = list({draft.remote_id: draft for draft in drafts}.values())
    return _halved(connection, distinct, way) if distinct else Saved()


def set_apart(connection: Connection, raw: bytes, reason: str) -> None:
    """Keeps an item that is no lead, once, unless it is about somebody who was erased."""
    text = raw.decode("utf-8", "replace").replace("\0", "")
    StrayItem.objects.across_agencies().get_or_create(
        connection=connection,
        digest=digest_of(raw),
        defaults={
            "agency": connection.agency,
            "reason": reason[:300],
            "body": without_the_erased(connection, f"[{text}]")[1:-1],
        },
    )


def _halved(connection: Connection, drafts: Sequence[Draft], way: Way) -> Saved:
    try:
        return _raced(connection, drafts, way)
    except UNWRITABLE as error:
        reason = str(error).partition("\n")[0]
    if len(drafts) == 1:
        set_apart(connection, drafts[0].raw, reason)
        return Saved(strays=1)
    half = len(drafts) // 2
    return _halved(connection, drafts[:half], way).add(_halved(connection, drafts[half:], way))


def _raced(connection: Connection, drafts: Sequence[Draft], way: Way) -> Saved:
    """Whoever saves the same new lead at the same moment wins; then we look again."""
    for _ in range(RACES):
        try:
            with transaction.atomic():
                return _save(connection, drafts, way, timezone.now())
        except IntegrityError:
            continue
    with transaction.atomic():
        return _save(connection, drafts, way, timezone.now())


def _save(connection: Connection, drafts: Sequence[Draft], way: Way, now: datetime) -> Saved:
    names = [draft.remote_id for draft in drafts]
    rows = Lead.objects.across_agencies().filter(connection=connection, remote_id__any_of=names)
    fields = ("id", "remote_id", "digest", "pulled_at", "erased_at", "happened_at")
    held = {lead.remote_id: lead for lead in rows.select_for_update().order_by("pk").only(*fields)}
    graves = Tombstone.objects.across_agencies().filter(connection=connection, remote_id__any_of=names)
    dead = set(graves.values_list("remote_id", flat=True))
    saved, new, changed = Saved(), [], []
    for draft in drafts:
        lead = held.get(draft.remote_id)
        if draft.remote_id in dead or (lead and lead.erased_at):
            saved.erased += 1
        elif draft.is_erased:
            saved.erased += 1
            if lead:
                saved.blanked.append(draft.remote_id)
        elif lead is None:
            new.append(draft)
        elif lead.digest != draft.digest or (draft.pulled_at and not lead.pulled_at):
            changed.append((lead, draft))
        else:
            saved.unchanged += 1
    tell(connection.agency_id, EventType.LEAD_CREATED, _insert(connection, new, way, now), now)
    _update(changed, now)
    tell(connection.agency_id, EventType.LEAD_UPDATED, [lead.pk for lead, _ in changed], now)
    saved.new, saved.changed = len(new), len(changed)
    return saved


def _insert(connection: Connection, drafts: Sequence[Draft], way: Way, now: datetime) -> list[int]:
    """The keys of the new leads."""
    if not drafts:
        return []
    if settings.DATABASE_ROLE:
        # Row by row: whoever saves the same leads at this moment must come to them in the same order.
        drafts = sorted(drafts, key=lambda draft: draft.remote_id)
    rows = [row_of(draft, connection, way, now) for draft in drafts]
    bodies = [payload_of(draft) for draft in drafts]
    # PostgreSQL copies nothing into a table that has policies.
    if db.vendor == "postgresql" and not settings.DATABASE_ROLE:
        ids = new_ids(_TABLE, len(rows))
        copy_rows(f"{_TABLE} (id, {', '.join(_COLUMNS)})", map(_line, ids, rows))
        copy_rows(f"{_PAYLOADS} (lead_id, body)", zip(ids, bodies, strict=True))
        return ids
    leads = Lead.objects.across_agencies().bulk_create(Lead(**row) for row in rows)
    payloads = (LeadPayload(lead=lead, body=body) for lead, body in zip(leads, bodies, strict=True))
    LeadPayload.objects.bulk_create(payloads)
    return [lead.pk for lead in leads]


def _line(pk: int, row: dict[str, Any]) -> tuple[Any, ...]:
    row["phones"] = orjson.dumps(row["phones"]).decode()
    return (pk, *map(row.__getitem__, _COLUMNS))


def _update(changed: Sequence[tuple[Lead, Draft]], now: datetime) -> None:
    """What the remote says now replaces what it said before; what people did about the lead stays."""
    if not changed:
        return
    for lead, draft in changed:
        columns = columns_of(draft)
        columns["pulled_at"] = columns["pulled_at"] or lead.pulled_at
        for name, value in columns.items():
            setattr(lead, name, value)
        # Another number or reference may lead to another person or estate.
        lead.changed_at, lead.filed_at = now, None
    update_rows([lead for lead, _ in changed], _CHANGED)
    LeadPayload.objects.bulk_create(
        [LeadPayload(lead=lead, body=payload_of(draft)) for lead, draft in changed],
        update_conflicts=True,
        unique_fields=["lead"],
        update_fields=["body"],
    )
