"""When connections are mirrored: at once when their key is new, then again and again, and at a button."""

import random
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.audit import record
from accounts.models import User
from estates.catalogue.models import MirrorPlan
from estates.connections.models import Connection, State, System
from estates.jobs.models import Job
from estates.jobs.start import start

SHORTEST, LONGEST = 5, 1440
"""Minutes between two syncs."""
JITTER = 0.1
"""Share of the interval, either way, by which agencies that began together drift apart."""


def plan_mirror(connection: Connection, actor: User | None = None, **signal: Any) -> None:
    """Receives `connection_ready`: plans the mirror of a Ts-Immo connection and starts its first sync."""
    if connection.system != System.TS_IMMO:
        return
    MirrorPlan.objects.across_agencies().get_or_create(
        connection=connection,
        defaults={"agency": connection.agency, "next_at": next_after(timezone.now(), 15)},
    )
    start_sync(connection, actor)


def start_sync(connection: Connection, asked_by: User | None = None) -> Job:
    """Puts a sync in line; where one is in line or under way, that is the one."""
    return start(
        connection.agency,
        "catalogue.sync",
        subject=f"connection:{connection.pk}",
        title=str(connection),
        params={"connection": connection.pk},
        asked_by=asked_by,
    )


def sync_now(connection: Connection, user: User) -> Job:
    """What the button does."""
    with transaction.atomic():
        record(connection.agency, user, "catalogue.sync_asked", str(connection))
        return start_sync(connection, user)


def sync_if_asked(connection: Connection, actor: User, **signal: Any) -> Job | None:
    """Receives `sync_asked`."""
    return sync_now(connection, actor) if connection.system == System.TS_IMMO else None


def set_interval(connection: Connection, minutes: int, user: User) -> None:
    """Changes how often a connection is mirrored. Raises ValueError outside 5 minutes to a day."""
    if not SHORTEST <= minutes <= LONGEST:
        raise ValueError(f"{minutes} is not between {SHORTEST} and {LONGEST} minutes")
    with transaction.atomic():
        plan = {"every_minutes": minutes, "next_at": next_after(timezone.now(), minutes)}
        MirrorPlan.objects.across_agencies().update_or_create(
            connection=connection, defaults=plan, create_defaults={"agency": connection.agency, **plan}
        )
        record(connection.agency, user, "catalogue.interval_set", str(connection), minutes=minutes)


def start_due_syncs() -> int:
    """Starts the syncs whose time has come; returns how many. Two timers at once start each only once.

    Removed connections, and those whose key was refused, wait for a person.
    """
    now = timezone.now()
    due = MirrorPlan.objects.across_agencies().filter(next_at__lte=now, connection__removed_at=None)
    started = 0
    for plan in due.exclude(connection__state=State.REFUSED).select_related("connection__agency"):
        with transaction.atomic():
            mine = MirrorPlan.objects.across_agencies().filter(pk=plan.pk, next_at=plan.next_at)
            if mine.update(next_at=next_after(now, plan.every_minutes)):
                start_sync(plan.connection)
                started += 1
    return started


def next_after(now: datetime, minutes: int) -> datetime:
    return now + timedelta(minutes=minutes * random.uniform(1 - JITTER, 1 + JITTER))  # noqa: S311
