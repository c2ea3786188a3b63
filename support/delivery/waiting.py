"""What waits without a job: it is put in line again, so that a day without Ts-Immo loses nothing."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value, Window
from django.db.models.functions import Cast, Concat, RowNumber
from django.utils import timezone

from estates.connections.models import State
from estates.jobs.models import OPEN, Job, Status
from support.models import Delivery, Message, Ticket
from support.writing import SEND, start_sending

PAUSE = timedelta(minutes=5)
"""After a job that failed or was stopped."""
MOST = 200
"""Jobs that one round starts."""


def start_waiting() -> int:
    """Starts jobs for the tickets with something to send and no job; one of each agency before the second of any.

    Those whose key was refused wait for a person. Returns how many it started.
    """
    unsent = Message.objects.across_agencies().filter(ticket=OuterRef("pk"), delivery=Delivery.PENDING)
    tickets = Ticket.objects.across_agencies().filter(Exists(unsent) | Q(close_asked_at__isnull=False))
    idle = without_job(tickets).exclude(connection__state=State.REFUSED, connection__removed_at=None)
    place = Window(RowNumber(), partition_by=F("agency"), order_by="pk")
    chosen = list(idle.order_by(place, "pk").select_related("agency")[:MOST])
    for ticket in chosen:
        start_sending(ticket)
    return len(chosen)


def without_job(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Those that no job is to send, and whose last one did not fail just now."""
    subject = Concat(Value("ticket:"), Cast(OuterRef("pk"), CharField()))
    jobs = Job.objects.across_agencies().filter(agency=OuterRef("agency"), kind=SEND, subject=subject)
    failed = jobs.exclude(status=Status.DONE).filter(finished_at__gt=timezone.now() - PAUSE)
    return tickets.exclude(Exists(jobs.filter(status__in=OPEN))).exclude(Exists(failed))
