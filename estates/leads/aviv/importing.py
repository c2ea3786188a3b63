"""The first import: leads of up to two years, window by window, as often interrupted as need be."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.audit import record
from accounts.models import User
from estates.connections.clients import client_for
from estates.connections.models import Connection
from estates.jobs.models import Job
from estates.jobs.run import Run
from estates.jobs.start import start
from estates.leads.aviv.polling import connection_of
from estates.leads.aviv.windows import WindowReader
from estates.leads.models.leads import Way
from estates.remotes.aviv import AvivClient

KIND = "leads.import_aviv"
FARTHEST = timedelta(days=731)


def start_import(connection: Connection, since: date, user: User | None) -> Job:
    """Starts the import; where one of the connection is under way, that is the one."""
    with transaction.atomic():
        record(connection.agency, user, "leads.import_asked", str(connection), since=since.isoformat())
        return start(
            connection.agency,
            KIND,
            subject=f"connection:{connection.pk}",
            title=str(connection),
            params={"connection": connection.pk, "since": since.isoformat()},
            asked_by=user,
        )


def import_leads(run: Run) -> None:
    """The work of `leads.import_aviv`. Where fetching begins, it says nothing: that goes on by itself."""
    connection = connection_of(run)
    since = timezone.make_aware(datetime.fromisoformat(run.params["since"]))
    now = timezone.now()
    with client_for(connection, AvivClient) as client:
        WindowReader(run, connection, client, Way.POLL).read_all(
            max(since, now - FARTHEST), now, lambda end: None, counts_windows=True
        )
