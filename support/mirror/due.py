"""When tickets are read again: those of a domain where something is going on often, all others once a day."""

from __future__ import annotations

from datetime import timedelta
from typing import TypeVar

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from estates.connections.models import State as ConnectionState
from estates.connections.models import System
from estates.wordpress.models import Site, State
from support.mirror.mirror import start_mirror
from support.models import Mirrored, Ticket
from support.states import OVER

Row = TypeVar("Row", Site, Ticket, Mirrored)
EVERY = timedelta(minutes=5)
CLOSED_EVERY = timedelta(days=1)
MOST = 200
"""Readings that one round starts, of each agency one before the second of any."""


def start_mirrors() -> int:
    """Starts the readings whose time has come; returns how many. Two timers at once start each only once.

    Removed accounts, and those whose key was refused, wait for a person.
    """
    enrol()
    now, started = timezone.now(), 0
    turn = Window(RowNumber(), partition_by=F("agency"), order_by=("asked_at", "pk"))
    chosen = due().order_by(turn, "asked_at", "pk")
    for domain in chosen.select_related("agency", "connection__agency")[:MOST]:
        mine = Mirrored.objects.across_agencies().filter(pk=domain.pk, asked_at=domain.asked_at)
        closed_too = domain.all_read_at is None or now - domain.all_read_at > CLOSED_EVERY
        with transaction.atomic():
            if mine.update(asked_at=now):
                start_mirror(domain.agency, domain.connection, domain.domain, closed_too=closed_too)
                started += 1
    return started


def enrol() -> None:
    """Every domain with a site or a ticket at an account in use has its row; a new one is due at once."""
    for rows in (_in_use(Site), _in_use(Ticket)):
        without = rows.exclude(Exists(_same_domain(Mirrored))).order_by()
        pairs = without.values_list("agency", "connection", "domain").distinct()[:1000]
        Mirrored.objects.across_agencies().bulk_create(
            [Mirrored(agency_id=a, connection_id=c, domain=d) for a, c, d in pairs], ignore_conflicts=True
        )


def due() -> QuerySet[Mirrored]:
    now = timezone.now()
    site, ticket = _same_domain(Site), _same_domain(Ticket)
    is_busy = Exists(site.filter(state=State.ACTIVE)) | Exists(ticket.exclude(OVER))
    is_late = Q(all_read_at=None) | Q(all_read_at__lt=now - CLOSED_EVERY)
    rested = Q(asked_at=None) | Q(asked_at__lte=now - EVERY)
    rows = _in_use(Mirrored).filter(rested, Exists(site) | Exists(ticket))
    return rows.filter(Q(is_busy) | is_late)


def _same_domain(model: type[Row]) -> QuerySet[Row]:
    return model.objects.across_agencies().filter(
        connection=OuterRef("connection"), domain=OuterRef("domain")
    )


def _in_use(model: type[Row]) -> QuerySet[Row]:
    rows = model.objects.across_agencies().filter(
        connection__system=System.TS_IMMO, connection__removed_at=None
    )
    return rows.exclude(connection__state=ConnectionState.REFUSED)
