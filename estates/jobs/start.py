"""Asking for slow work."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Agency, User
from accounts.tracing import calling_key, stand_in
from estates.jobs.kinds import KINDS
from estates.jobs.models import OPEN, Job, Status
from estates.jobs.tracing import trace_id


def has_just_failed(agency: Agency, kind: str, subject: str, within: timedelta) -> bool:
    """Whether a job of this kind and subject failed so lately that the next one had better wait."""
    failed = Job.objects.for_agency(agency).filter(kind=kind, subject=subject, status=Status.FAILED)
    return failed.filter(finished_at__gte=timezone.now() - within).exists()


def start(
    agency: Agency,
    kind: str,
    *,
    subject: str = "",
    title: str = "",
    params: dict[str, Any] | None = None,
    asked_by: User | None = None,
    not_before: datetime | None = None,
) -> Job:
    """Inserts a job in the caller's transaction and never waits for the broker: the relay finds the row.

    Of one kind and `subject` an agency has one open job; where there is one, that is what comes back. `title` is
    what a person reads, `params` are ids, in JSON. Raises `KeyError` for a kind that nobody declared.
    """
    standing = stand_in.get()
    job = Job(
        agency=agency,
        kind=KINDS[kind].name,
        subject=subject,
        title=title[:200],
        params=params or {},
        asked_by=asked_by,
        partner_key=calling_key.get(),
        operator=standing.operator if standing else None,
        not_before=not_before or timezone.now(),
        request_id=trace_id.get(),
    )
    try:
        with transaction.atomic():
            job.save()
            job.events.create(event="asked", words=str(job.asker or ""))
    except IntegrityError:
        twin = Job.objects.for_agency(agency).filter(kind=kind, subject=subject, status__in=OPEN).first()
        if twin is None:
            # It ended between our insert and this look: the next insert finds its place free.
            return start(
                agency,
                kind,
                subject=subject,
                title=title,
                params=params,
                asked_by=asked_by,
                not_before=not_before,
            )
        return twin
    return job
