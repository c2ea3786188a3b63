"""How the agency's connections stand, and its last syncs."""

from typing import Any

from accounts.models import Agency
from estates.catalogue.models import SyncRun
from estates.connections.models import Connection

RUNS = 6


def connections_of(agency: Agency) -> dict[str, Any]:
    runs = SyncRun.objects.for_agency(agency).select_related("connection").defer("seen")
    used = Connection.objects.for_agency(agency).filter(removed_at=None)
    return {"connections": used.order_by("system", "label"), "runs": runs.order_by("-started_at")[:RUNS]}
