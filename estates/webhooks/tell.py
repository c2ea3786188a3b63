"""The outbox: what happened is written down in the transaction in which it happens."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Agency
from estates.jobs.models import Job
from estates.webhooks.kinds import EventType
from estates.webhooks.models import Delivery, Event, Subscription

OUR_JOBS = "webhooks."
"""Kinds of work of this room: that telling failed is not told."""


def tell(
    agency: Agency | int,
    event: EventType,
    subjects: Iterable[object],
    at: datetime | None = None,
    **detail: Any,
) -> int:
    """Notes in the caller's transaction that something happened to things with these ids of the partner API.

    `detail` goes along and holds ids and states only. Returns how many messages wait because of it; where
    nobody listens nothing is written.
    """
    agency_id = agency if isinstance(agency, int) else agency.pk
    listening = [each for each in listeners(agency_id) if event in each.events]
    if not listening:
        return 0
    at = at or timezone.now()
    events = Event.objects.across_agencies().bulk_create(
        Event(agency_id=agency_id, type=event, subject=str(subject)[:200], detail=detail, at=at)
        for subject in subjects
    )
    deliveries = Delivery.objects.across_agencies().bulk_create(
        Delivery(
            agency_id=agency_id, subscription=subscription, event=each, due_at=at, day=subscription.day_of(at)
        )
        for each in events
        for subscription in listening
    )
    return len(deliveries)


def listeners(agency_id: int) -> QuerySet[Subscription]:
    """Whoever wants to be told. Whom the portal gave up is kept informed in the log, for the day it is back."""
    rows = Subscription.objects.across_agencies().filter(agency_id=agency_id)
    rows = rows.filter(status=Subscription.Status.ACTIVE).select_related("agency")
    return rows.only("pk", "events", "agency__time_zone")


def tell_of_failed_job(sender: object, job: Job, **_: Any) -> None:
    if not job.kind.startswith(OUR_JOBS):
        tell(job.agency_id, EventType.JOB_FAILED, [job.pk], kind=job.kind)
