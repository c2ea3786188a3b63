"""Asking AVIV for what it has taken in since the last time: the way that nothing can miss."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from estates.connections.clients import client_for
from estates.connections.models import Connection
from estates.jobs.run import Run
from estates.leads.aviv.subscribing import start_due_audits
from estates.leads.aviv.windows import WindowReader
from estates.leads.models import LeadSource
from estates.leads.models.leads import Way
from estates.remotes.aviv import AvivClient

OVERLAP = timedelta(hours=2)
"""READINGS: so much is read again, because a lead may be listed later than it was taken in."""
FIRST = timedelta(days=7)
"""How far back the first fetch reaches; an import goes further."""


def fetch(run: Run) -> None:
    """The work of `leads.fetch_aviv`: everything from two hours before the last fetch until now."""
    connection = connection_of(run)
    source = LeadSource.objects.for_agency(run.agency).get(connection=connection)
    now = timezone.now()
    since = min(source.polled_to or now, now) - (OVERLAP if source.polled_to else FIRST)
    with client_for(connection, AvivClient) as client:
        WindowReader(run, connection, client, Way.POLL).read_all(since, now, lambda end: polled(source, end))
    with run.step():
        note(source, run_at=timezone.now())
        start_due_audits(connection)


def polled(source: LeadSource, end: datetime) -> None:
    note(source, polled_to=end)


def note(source: LeadSource, **fields: datetime) -> None:
    """Writes down how the source stands."""
    LeadSource.objects.for_agency(source.agency).filter(pk=source.pk).update(**fields)


def connection_of(run: Run) -> Connection:
    """The connection that a job is about. Raises `Connection.DoesNotExist` for another agency's."""
    return Connection.objects.for_agency(run.agency).select_related("agency").get(pk=run.params["connection"])
