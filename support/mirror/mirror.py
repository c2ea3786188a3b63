"""The copy of Ts-Immo's tickets: pages read it, this keeps it up to date."""

from __future__ import annotations

import hashlib

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.audit import record
from accounts.models import Agency, User
from estates.connections.clients import ClientMissing, client_for
from estates.connections.models import WORDS_LIMIT, Connection, System
from estates.jobs.models import Job
from estates.jobs.run import Run
from estates.jobs.start import start
from estates.remotes.errors import RemoteError
from estates.remotes.plain import storable
from estates.remotes.ts_immo import TsImmoClient
from support.mirror.rereading import Rereading
from support.models import Mirrored, Ticket

KIND = "support.mirror"
SUBJECT_LIMIT = 120


def start_mirror(
    agency: Agency,
    connection: Connection,
    domain: str,
    *,
    closed_too: bool = False,
    asked_by: User | None = None,
) -> Job:
    """Puts a reading of the domain's tickets in line."""
    params = {"connection": connection.pk, "domain": domain, "all": closed_too}
    subject = subject_of(connection.pk, domain)
    return start(agency, KIND, subject=subject, title=domain, params=params, asked_by=asked_by)


def read_now(what: Ticket | Mirrored, actor: User) -> Job:
    """What the button does: one ticket is read again, or all of a domain's, with the closed ones."""
    connection, domain = what.connection, what.domain
    with transaction.atomic():
        record(what.agency, actor, "ticket.read_asked", f"#{what.pk}" if isinstance(what, Ticket) else domain)
        if isinstance(what, Mirrored):
            return start_mirror(what.agency, connection, domain, closed_too=True, asked_by=actor)
        return start(
            what.agency,
            KIND,
            subject=f"ticket:{what.pk}",
            title=what.subject,
            params={"connection": connection.pk, "domain": domain, "ticket": what.pk},
            asked_by=actor,
        )


def subject_of(connection: int, domain: str) -> str:
    """Of one domain, one job is open at a time. A domain may be longer than a subject."""
    subject = f"domain:{connection}:{domain}"
    if len(subject) <= SUBJECT_LIMIT:
        return subject
    return f"domain:{connection}:{hashlib.sha256(domain.encode()).hexdigest()}"


def mirror(run: Run) -> None:
    """The work of `support.mirror`. Its errors rise, and are noted for those who look at the copy."""
    connections = Connection.objects.for_agency(run.agency).filter(system=System.TS_IMMO, removed_at=None)
    connection = connections.select_related("agency").filter(pk=run.params["connection"]).first()
    if connection is None:
        return
    domain = str(run.params["domain"])
    try:
        with client_for(connection, TsImmoClient) as client:
            _read(run, Rereading(run, connection, domain, client))
    except ClientMissing:
        return  # the key was deleted meanwhile: there is nothing to read with, and a page says so
    except RemoteError as error:
        since = Coalesce("failing_since", Value(timezone.now()))
        note(connection, domain, failing_since=since, words=storable(error.words)[:WORDS_LIMIT])
        raise


def adopt(run: Run, connection: Connection, domain: str) -> None:
    """Tickets that came by a key that was deleted since go on with the one in use: the remote ticket is the same."""
    tickets = Ticket.objects.for_agency(run.agency).filter(domain=domain)
    here = tickets.filter(connection=connection).exclude(remote_id="").values("remote_id")
    left = tickets.filter(
        connection__system=System.TS_IMMO,
        connection__environment=connection.environment,
        connection__removed_at__isnull=False,
    )
    if left.exists():
        with run.step():
            left.exclude(remote_id__in=here).update(connection=connection, digest=b"")


def _read(run: Run, rereading: Rereading) -> None:
    adopt(run, rereading.connection, rereading.domain)
    if "ticket" in run.params:
        rereading.one(run.params["ticket"])
        return
    closed_too = bool(run.params.get("all"))
    rereading.all(closed_too=closed_too)
    now = timezone.now()
    read = {"read_at": now, "all_read_at": now} if closed_too else {"read_at": now}
    with run.step():
        note(rereading.connection, rereading.domain, failing_since=None, words="", **read)


def note(connection: Connection, domain: str, **fields: object) -> None:
    """How the reading went, on the domain's row."""
    rows = Mirrored.objects.for_agency(connection.agency)
    rows.get_or_create(connection=connection, domain=domain, defaults={"agency": connection.agency})
    rows.filter(connection=connection, domain=domain).update(**fields)
