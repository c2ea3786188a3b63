"""What becomes of what was asked for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, Schema

from accounts.models import PartnerKey
from estates.jobs.models import Job
from portal.api.errors import Error, Refusal
from portal.api.keys import needs
from portal.api.routing import StrictRouter

router = StrictRouter(tags=["Jobs"])
ERRORS = {401: Error, 403: Error, 404: Error, 422: Error, 429: Error}


class JobOut(Schema):
    """A piece of work. `status` is queued, running, waiting, done, failed or cancelled."""

    id: int = Field(examples=[815])
    kind: str = Field(examples=["leads.send_buyer"])
    status: str = Field(examples=["done"])
    done: int | None
    total: int | None
    attempts: int
    error: str = Field(description="The remote system's own words", examples=[""])
    errorKind: str = Field(description="Such as refused, unreachable, unauthorised; or empty", examples=[""])
    createdAt: datetime
    finishedAt: datetime | None


@router.get("/{job_id}", auth=needs(), response={200: JobOut} | ERRORS)
def job(request: HttpRequest, job_id: int) -> dict[str, Any]:
    """How a job of the agency stands."""
    key: PartnerKey = request.partner_key  # type: ignore[attr-defined]
    found = Job.objects.for_agency(key.agency).filter(pk=job_id).defer("evidence", "checkpoint").first()
    if found is None:
        raise Refusal(404, "Not found")
    return shown(found)


def shown(found: Job) -> dict[str, Any]:
    return {
        "id": found.pk,
        "kind": found.kind,
        "status": found.status,
        "done": found.done,
        "total": found.total,
        "attempts": found.attempts,
        "error": found.error,
        "errorKind": found.error_kind,
        "createdAt": found.created_at,
        "finishedAt": found.finished_at,
    }
