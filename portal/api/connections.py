"""Which of an agency's connections a call means."""

from accounts.models import Agency
from estates.connections.models import Connection, System
from portal.api.errors import Refusal


def connection_of(agency: Agency, system: System, wanted: int | None) -> Connection:
    """The one that is named, or the only one. Raises Refusal 422."""
    rows = Connection.objects.for_agency(agency).filter(system=system, removed_at=None)
    rows = rows.select_related("agency").order_by("pk")
    found = list(rows[:2] if wanted is None else rows.filter(pk=wanted))
    if len(found) == 1:
        return found[0]
    if found:
        raise Refusal(422, f"connection: there are several to {system.label}, name one")
    raise Refusal(422, f"connection: there is no such connection to {system.label}")
