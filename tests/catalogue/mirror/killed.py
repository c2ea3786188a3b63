"""What the processes do that the tests kill: a sync in a database of its own."""

import hashlib
from datetime import timedelta

from django.core.management import call_command
from django.db import connection as db
from django.utils import timezone

from accounts.models import Agency
from accounts.scope import across
from estates.catalogue.models import Estate, EstatePayload
from estates.catalogue.plan import start_sync
from estates.connections.models import Connection, ConnectionKey
from estates.connections.vault import seal
from estates.jobs.models import Job
from estates.jobs.relay import take_back as take_jobs_back
from estates.jobs.work import work
from estates.remotes.secret import Secret


@across()
def prepare():
    if db.vendor == "sqlite":
        call_command("migrate", verbosity=0)
    agency = Agency.objects.create(name="Killed", slug="killed")
    connection = Connection.objects.create(agency=agency, system="ts_immo", label="killed")
    key = seal(Secret("tsi_demo_martin_4f7c2a"))
    ConnectionKey.objects.create(connection=connection, ciphertext=key, last_four="7c2a")


@across()
def work_on():
    connection = Connection.objects.across_agencies().get(label="killed")
    job = start_sync(connection)
    while work(job.pk):
        job.refresh_from_db()
    job.refresh_from_db()
    estates = Estate.objects.for_agency(connection.agency).filter(gone_at=None)
    ids = sorted(estates.values_list("remote_id", flat=True))
    payloads = EstatePayload.objects.filter(estate__in=estates).count()
    open_jobs = Job.objects.across_agencies().exclude(status="done").count()
    print(job.status, len(ids), payloads, digest(ids), open_jobs)


@across()
def take_back():
    """What the relay does once a worker has been silent for long; and three deaths are forgiven."""
    Job.objects.across_agencies().filter(status="running").update(
        heartbeat_at=timezone.now() - timedelta(days=1), crashes=0
    )
    take_jobs_back(timezone.now())


def digest(ids):
    return hashlib.sha256("\n".join(ids).encode()).hexdigest()
