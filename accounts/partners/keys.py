"""Keys to the partner API: made by an owner, shown once, known here only by their hash."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts import prepared, scope
from accounts.audit import record
from accounts.models import Agency, PartnerKey, User
from accounts.partners.uses import tally

TOKEN = re.compile(r"psl_[A-Za-z0-9]{8}_[A-Za-z0-9]{32}")
"""A key, wherever it stands: short of other letters around it, so that it is recognised in an address too."""
OVERLAP = timedelta(days=7)
"""How long a key that is replaced goes on working beside the new one."""
REMEMBERED = timedelta(seconds=5)
MOST_REMEMBERED = 1_000
_remembered: dict[str, tuple[PartnerKey, datetime]] = {}
_WORKS = (
    f"SELECT 1 FROM {PartnerKey._meta.db_table} "  # noqa: S608
    "WHERE id = %s AND revoked_at IS NULL AND (ends_at IS NULL OR ends_at > %s)"
)
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"


def make(
    agency: Agency,
    actor: User | None,
    *,
    name: str,
    scopes: Sequence[str],
    networks: Sequence[str] = (),
    ends_at: datetime | None = None,
    replaces: PartnerKey | None = None,
) -> tuple[PartnerKey, str]:
    """A new key, and the whole of it, which nothing keeps: whoever asked shows it once."""
    prefix = f"psl_{_random(8)}"
    token = f"{prefix}_{_random(32)}"
    with transaction.atomic():
        key = PartnerKey.objects.create(
            agency=agency,
            name=name,
            prefix=prefix,
            token_hash=_hash(token),
            scopes=sorted(scopes),
            networks=list(networks),
            ends_at=ends_at,
            replaces=replaces,
            created_by=actor,
        )
        record(agency, actor, "partner_key.created", str(key), scopes=" ".join(key.scopes))
    return key, token


def renew(key: PartnerKey, actor: User) -> tuple[PartnerKey, str] | None:
    """A key that may do the same until the same day; the old one works for a week more at most.

    None where it does not work any more.
    """
    with transaction.atomic():
        overlap = timezone.now() + OVERLAP
        ends_at = min(key.ends_at, overlap) if key.ends_at else overlap
        if not live(key.agency).filter(pk=key.pk).update(ends_at=ends_at):
            return None
        new, token = make(
            key.agency,
            actor,
            name=key.name,
            scopes=key.scopes,
            networks=key.networks,
            ends_at=key.ends_at,
            replaces=key,
        )
    return new, token


def revoke(key: PartnerKey, actor: User) -> bool:
    """From the next call on the key opens nothing. False where it did not any more."""
    with transaction.atomic():
        if not live(key.agency).filter(pk=key.pk).update(revoked_at=timezone.now()):
            return False
        record(key.agency, actor, "partner_key.revoked", str(key))
    return True


def live(agency: Agency | None = None) -> QuerySet[PartnerKey]:
    """The keys that open something: an agency's, or all of them."""
    rows = PartnerKey.objects.for_agency(agency) if agency else PartnerKey.objects.across_agencies()
    lasting = Q(ends_at=None) | Q(ends_at__gt=timezone.now())
    return rows.filter(lasting, revoked_at=None)


def family(key: PartnerKey) -> list[int]:
    """The key, and those that it replaces, back to the first."""
    ids: list[int] = []
    pk: int | None = key.pk
    while pk is not None:
        ids.append(pk)
        pk = (
            PartnerKey.objects.for_agency(key.agency).filter(pk=pk).values_list("replaces", flat=True).first()
        )
    return ids


def lives_on(key: PartnerKey) -> bool:
    """Whether the key works, or one that has taken its place."""
    return key.pk in living_on(key.agency)


def living_on(agency: Agency) -> frozenset[int]:
    """The agency's keys that work, and those whose place one has taken that does, in one query."""
    working = Exists(live(agency).filter(pk=OuterRef("pk")))
    rows = PartnerKey.objects.for_agency(agency).values_list("pk", "replaces", working)
    replaced = {pk: before for pk, before, _works in rows}
    found: set[int] = set()
    for pk, _before, works in rows:
        step: int | None = pk if works else None
        while step is not None and step not in found:
            found.add(step)
            step = replaced.get(step)
    return frozenset(found)


def found(token: str) -> PartnerKey | None:
    """The working key of which this is the whole, with its agency.

    Whether it works is asked each time; what it is and whose is remembered for a few seconds.
    """
    if not TOKEN.fullmatch(token):
        return None
    if key := remembered(token):
        with scope.of_agency(key.agency_id):
            return key if works(key) else None
    digest, now = _hash(token), timezone.now()
    with scope.across():
        key = live().select_related("agency").filter(token_hash=digest).first()
    if len(_remembered) >= MOST_REMEMBERED:
        _remembered.clear()
    if key is not None:
        _remembered[digest] = key, now
    return key


def remembered(token: str) -> PartnerKey | None:
    """The key as it was a few seconds ago. The caller asks whether it still works, with what else it asks."""
    now = timezone.now()
    key, since = _remembered.get(_hash(token), (None, now))
    return key if timedelta() <= now - since < REMEMBERED else None


def works(key: PartnerKey) -> bool:
    return bool(prepared.ask(*asking(key)))


def asking(key: PartnerKey) -> tuple[str, list[Any]]:
    """A statement that gives a row if the key works now, and its parameters."""
    return _WORKS, [key.pk, connection.ops.adapt_datetimefield_value(timezone.now())]


def lets_in(key: PartnerKey, address: str) -> bool:
    """Whether calls from this address may use the key."""
    if not key.networks:
        return True
    try:
        caller = ip_address(address)
    except ValueError:
        return False
    return any(caller in ip_network(network) for network in key.networks)


def note_use(key: PartnerKey) -> None:
    """Counts a call."""
    tally.note(key)


def note_exposure(token: str) -> None:
    """A key stood in an address, where others may have read it: its owner is told."""
    key = found(token)
    if key is None:
        return
    with scope.of_agency(key.agency_id), transaction.atomic():
        rows = live(key.agency).filter(pk=key.pk, exposed_at=None)
        if rows.update(exposed_at=timezone.now()):
            record(key.agency, None, "partner_key.exposed", str(key))


def _random(length: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


def _hash(token: str) -> str:
    """SHA-256 in hex: of some 180 random bits, so that nothing slower is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
