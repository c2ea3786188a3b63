"""Leads that AVIV has blanked because their person asked to be forgotten."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import Value
from django.utils import timezone

from estates.connections.models import Connection
from estates.leads.models import Lead, LeadEvent, LeadPayload

EMPTIED = (
    "digest",
    "first_name",
    "last_name",
    "gender",
    "language",
    "email",
    "phone",
    "email_key",
    "phone_key",
    "message",
    "excerpt",
    "search_text",
    "person_by",
)
"""Columns that tell about the person."""


def erase_blanked(connection: Connection, remote_ids: Collection[str]) -> int:
    """Erases what `saving.Saved.blanked` names; returns how many leads. No later reading brings them back."""
    now = timezone.now()
    with transaction.atomic():
        rows = Lead.objects.for_agency(connection.agency).filter(connection=connection, erased_at=None)
        keys = list(rows.filter(remote_id__in=remote_ids).select_for_update().values_list("pk", flat=True))
        LeadPayload.objects.filter(lead__in=keys).update(body="")
        LeadEvent.objects.filter(lead__in=keys).update(words="", before="", after="")
        Lead.objects.for_agency(connection.agency).filter(pk__in=keys).update(
            **dict.fromkeys(EMPTIED, ""),
            phones=Value([], Lead._meta.get_field("phones")),
            person=None,
            expires_at=None,
            filed_at=now,
            changed_at=now,
            erased_at=now,
        )
    return len(keys)
