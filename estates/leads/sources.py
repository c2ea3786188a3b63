"""When leads are fetched: as soon as a key is stored, then again and again, and at a button."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.audit import record
from accounts.models import User
from estates.catalogue.plan import next_after
from estates.connections.models import Connection, System
from estates.connections.models import State as ConnectionState
from estates.jobs.models import Job
from estates.jobs.start import start
from estates.leads.models import LeadSource

FETCHES: Mapping[str, str] = {
    System.MARKETING_LAB: "leads.fetch_marketing_lab",
    System.AVIV: "leads.fetch_aviv",
}
"""The kind of job that fetches a system's leads."""
MINUTES = 5


def plan_source(connection: Connection, actor: User | None = None, **signal: Any) -> None:
    """Receives `connection_ready`: plans the fetching of a system that has leads, and starts it."""
    if connection.system not in FETCHES:
        return
    LeadSource.objects.across_agencies().get_or_create(
        connection=connection,
        defaults={"agency": connection.agency, "next_at": next_after(timezone.now(), MINUTES)},
    )
    start_fetch(connection, actor)


def start_fetch(connection: Connection, asked_by: User | None = None) -> Job:
    """Puts a fetch in line; where one is in line or under way, that is the one."""
    return start(
        connection.agency,
        FETCHES[connection.system],
        subject=f"connection:{connection.pk}",
        title=str(connection),
        params={"connection": connection.pk},
        asked_by=asked_by,
    )


def fetch_now(connection: Connection, user: User) -> Job:
    """What the button does."""
    with transaction.atomic():
        record(connection.agency, user, "leads.fetch_asked", str(connection))
        return start_fetch(connection, user)


def fetch_if_asked(connection: Connection, actor: User, **signal: Any) -> Job | None:
    """Receives `sync_asked`."""
    return fetch_now(connection, actor) if connection.system in FETCHES else None


def set_mode(source: LeadSource, mode: LeadSource.Mode, user: User) -> None:
    """Whether fetching may take leads away at the remote."""
    with transaction.atomic():
        LeadSource.objects.for_agency(source.agency).filter(pk=source.pk).update(mode=mode)
        record(source.agency, user, "leads.mode_set", str(source.connection), mode=mode.value)


def start_due_fetches() -> int:
    """Starts the fetches whose time has come; returns how many. Two timers at once start each only once.

    Removed connections, and those whose key was refused, wait for a person.
    """
    now = timezone.now()
    due = LeadSource.objects.across_agencies().filter(next_at__lte=now, connection__removed_at=None)
    started = 0
    for source in due.exclude(connection__state=ConnectionState.REFUSED).select_related("connection__agency"):
        with transaction.atomic():
            mine = LeadSource.objects.across_agencies().filter(pk=source.pk, next_at=source.next_at)
            if mine.update(next_at=next_after(now, source.every_minutes)):
                start_fetch(source.connection)
                started += 1
    return started
