"""What an agency's first page says at once: what needs a person, and what happens. Pictures come behind."""

from typing import Any

from accounts.models import Membership
from estates.connections.models import Connection
from estates.jobs.models import OPEN, Job
from portal.needs import needs_for
from portal.pictures.leads import span_of


def dashboard_of(membership: Membership, days: str) -> dict[str, Any]:
    agency = membership.agency
    needs = needs_for(membership)
    jobs = Job.objects.for_agency(agency).filter(status__in=OPEN).defer("evidence")
    return {
        "needs": needs,
        "needs_number": len(needs),
        "open_jobs": list(jobs.order_by("-pk")[:5]),
        # Whoever is told to do something has begun already.
        "has_begun": bool(needs) or Connection.objects.for_agency(agency).filter(removed_at=None).exists(),
        "days": span_of(days),
    }
