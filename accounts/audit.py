"""The audit trail: one hash chain for each agency."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, AuditChain, AuditEntry, User
from accounts.tracing import calling_key, stand_in


class Fault(models.TextChoices):
    MISSING = "missing", _("Entry %(number)s is missing.")
    CHANGED = "changed", _("Entry %(number)s was changed.")
    DETACHED = "detached", _("Entry %(number)s does not follow the entry before it.")
    ENDING = "ending", _("Entry %(number)s is not what the trail ends with.")


class Break(NamedTuple):
    """A place where a chain does not hold: the entry's number and what is wrong with it."""

    number: int
    fault: Fault

    def __str__(self) -> str:
        return str(self.fault.label) % {"number": self.number}


def record(agency: Agency, actor: User | None, action: str, subject: str = "", **detail: Any) -> AuditEntry:
    """Appends an entry inside the caller's transaction, so that a deed and its trace stand or fall together.

    `action` is a dotted word such as `connection.stored`; `actor` is None for what the portal does by itself.
    `detail` becomes JSON and holds no secret. What an operator does in the actor's place names the operator too, and
    what nobody does but a partner's call the `key`.
    """
    actor_name = _clean(str(actor)) if actor else ""
    standing = stand_in.get()
    if standing and actor != standing.operator:
        detail["operator"] = str(standing.operator)
        standing.entries += 1
    if actor is None and (key := calling_key.get()):
        detail["key"] = str(key)
    with transaction.atomic():
        chain, _made = AuditChain.objects.select_for_update().get_or_create(agency=agency)
        entry = AuditEntry(
            agency=agency,
            number=chain.length + 1,
            at=timezone.now(),
            actor=actor,
            actor_name=actor_name,
            action=action,
            subject=_clean(subject)[:200],
            detail=storable(detail),
            previous_hash=chain.head,
        )
        entry.hash = fingerprint(entry)
        entry.save()
        chain.length, chain.head = entry.number, entry.hash
        chain.save()
        return entry


def fingerprint(entry: AuditEntry) -> str:
    """SHA-256, in hex, over the previous hash and everything that the entry says."""
    said = [
        entry.previous_hash,
        entry.agency_id,
        entry.number,
        entry.at.isoformat(),
        entry.actor_id,
        entry.actor_name,
        entry.action,
        entry.subject,
        entry.detail,
    ]
    text = json.dumps(said, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def storable(detail: Any) -> Any:
    """The detail exactly as every database gives it back: what is hashed must survive a round trip.

    PostgreSQL's jsonb rewrites fractions, and refuses NUL and lone surrogates; all become harmless here.
    """
    return _clean(json.loads(json.dumps(detail, cls=DjangoJSONEncoder), parse_float=str))


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {_clean(key): _clean(item) for key, item in value.items()}
    return value


def breaks(agency: Agency) -> Iterator[Break]:
    """Every place where the agency's chain was changed, cut or added to; nothing where it holds.

    Verbs may append while it walks: the chain's end is therefore read before and after.
    """
    length, head = _end(agency)
    previous, expected, hash_there = "", 1, ""
    for entry in AuditEntry.objects.for_agency(agency).order_by("number").iterator():
        if entry.number != expected:
            yield Break(expected, Fault.MISSING)
        elif entry.previous_hash != previous:
            yield Break(entry.number, Fault.DETACHED)
        if entry.hash != fingerprint(entry):
            yield Break(entry.number, Fault.CHANGED)
        if entry.number == length:
            hash_there = entry.hash
        previous, expected = entry.hash, entry.number + 1
    last = expected - 1
    if last < length:
        yield Break(expected, Fault.MISSING)
    elif hash_there != head or last > _end(agency)[0]:
        yield Break(last, Fault.ENDING)


def _end(agency: Agency) -> tuple[int, str]:
    chain = AuditChain.objects.filter(agency=agency).first()
    return (chain.length, chain.head) if chain else (0, "")


def check(agency: Agency) -> list[Break]:
    """Walks the whole chain, some 50,000 entries a second, and keeps the verdict for the trail's page."""
    found = list(breaks(agency))
    AuditChain.objects.update_or_create(
        agency=agency, defaults={"checked_at": timezone.now(), "breaks_found": len(found)}
    )
    return found
