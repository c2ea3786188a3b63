"""What webhooks say of a thing: what the partner API would answer for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from accounts.models import Agency
from estates.catalogue.models import EstatePayload
from estates.jobs.models import Job
from estates.leads.models import Lead
from estates.webhooks.kinds import SOURCES, Source
from estates.wordpress.listing import sites_of
from portal.api import jobs, lead_shape, site_shape, ticket_shape

BASE = "/api/v1"


def register() -> None:
    """To be called when the applications are ready: workers send messages and know no URLs."""
    SOURCES.update(
        lead=Source(lambda pk: f"{BASE}/leads/{pk}", leads),
        estate=Source(lambda remote_id: f"{BASE}/estates/{remote_id}", estates),
        job=Source(lambda pk: f"{BASE}/jobs/{pk}", jobs_of),
        ticket=Source(lambda pk: f"{BASE}/support/tickets/{pk}", tickets),
        site=Source(lambda pk: f"{BASE}/sites/{pk}", sites),
    )


def leads(agency: Agency, ids: Sequence[str]) -> Mapping[str, Any]:
    rows = Lead.objects.for_agency(agency).filter(pk__in=ids).values(*lead_shape.COLUMNS)
    return {str(row["pk"]): lead_shape.shown(row) for row in rows}


def estates(agency: Agency, ids: Sequence[str]) -> Mapping[str, Any]:
    """Those that are listed; of two accounts' rows the newer one, as GET /estates/{id} has it."""
    bodies = EstatePayload.objects.filter(estate__agency=agency, estate__remote_id__in=ids)
    rows = bodies.filter(estate__gone_at=None).order_by("estate").values_list("estate__remote_id", "body")
    return {remote_id: orjson.loads(body) for remote_id, body in rows if body}


def jobs_of(agency: Agency, ids: Sequence[str]) -> Mapping[str, Any]:
    rows = Job.objects.for_agency(agency).filter(pk__in=ids).defer("evidence", "checkpoint")
    return {str(row.pk): jobs.shown(row) for row in rows}


def sites(agency: Agency, ids: Sequence[str]) -> Mapping[str, Any]:
    rows = list(sites_of(agency).filter(pk__in=ids).order_by("pk"))
    return {str(row.pk): shown for row, shown in zip(rows, site_shape.shown(agency, rows), strict=True)}


def tickets(agency: Agency, ids: Sequence[str]) -> Mapping[str, Any]:
    rows = ticket_shape.told(agency).filter(pk__in=ids)
    return {str(row["pk"]): ticket_shape.whole(agency, row) for row in rows}
