"""Connections that hand over leads, and drafts as their sources make them."""

from datetime import UTC, datetime

import orjson
import pytest
from django.utils import timezone

from estates.connections.models import Connection, ConnectionKey, State
from estates.connections.vault import seal
from estates.jobs.models import Job, Status
from estates.jobs.work import work
from estates.leads.drafts import Draft
from estates.leads.filing import start_filing
from estates.leads.models import Lead
from estates.leads.models.leads import Way
from estates.leads.saving import save
from estates.remotes.secret import Secret

WHEN = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)


@pytest.fixture
def connected(db):
    """`connected(agency, system)` is the agency's connection to that system, made at the first call."""

    def get(agency, system="marketing_lab", key="mlab_key_0123456789", label="Siège") -> Connection:
        found = Connection.objects.for_agency(agency).filter(system=system, label=label).first()
        if found is None:
            found = Connection.objects.create(agency=agency, system=system, label=label, state=State.WORKING)
            ConnectionKey.objects.create(connection=found, ciphertext=seal(Secret(key)), last_four=key[-4:])
        return found

    return get


@pytest.fixture
def draft():
    """`draft("17", email=…)` is a lead as a source makes it; its payload holds what is given."""

    def make(remote_id="1", **fields) -> Draft:
        fields = {"last_name": "Dupont", "first_name": "Jean", "happened_at": WHEN} | fields
        told = {name: str(value) for name, value in fields.items()}
        raw = fields.pop("raw", None) or orjson.dumps({"id": remote_id, **told})
        return Draft(remote_id=remote_id, raw=raw, **fields)

    return make


@pytest.fixture
def leads_of():
    """All leads of an agency, oldest first."""
    return lambda agency: list(Lead.objects.for_agency(agency).order_by("pk"))


@pytest.fixture
def filed(connected, draft, leads_of):
    """Saves drafts of an agency, files them, and gives its leads."""

    def do(agency, *drafts, connection=None):
        save(connection or connected(agency), drafts, Way.READ)
        job = start_filing(agency)
        assert work(job.pk)
        assert Job.objects.for_agency(agency).get(pk=job.pk).status == Status.DONE
        return leads_of(agency)

    return do


@pytest.fixture
def worked():
    """Works on a job, slice after slice, until it ends."""

    def do(job) -> Job:
        for _ in range(200):
            job.refresh_from_db()
            if not job.is_open:
                break
            Job.objects.for_agency(job.agency).filter(pk=job.pk).update(not_before=timezone.now())
            assert work(job.pk)
        assert job.status == Status.DONE, job.error_kind
        return job

    return do
