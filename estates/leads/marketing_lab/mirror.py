"""marketing-lab's regions and programmes, mirrored once a day as part of a fetch."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from estates.connections.models import Connection
from estates.leads.models import Programme
from estates.remotes.marketing_lab_answers import Programme as RemoteProgramme
from estates.remotes.marketing_lab_answers import Region

EVERY = timedelta(days=1)


def store(connection: Connection, regions: Sequence[Region], programmes: Sequence[RemoteProgramme]) -> None:
    """Writes what is listed, and marks what is not as gone. An empty list is no proof: it marks nothing."""
    if not programmes:
        return
    now = timezone.now()
    names = {region.remote_id: region.name for region in regions}
    listed = {programme.remote_id: programme for programme in programmes}
    Programme.objects.across_agencies().bulk_create(
        [
            Programme(
                agency_id=connection.agency_id,
                connection=connection,
                remote_id=programme.remote_id,
                name=programme.name,
                region_id=programme.region_id,
                region=names.get(programme.region_id, ""),
                seen_at=now,
            )
            for programme in listed.values()
        ],
        update_conflicts=True,
        unique_fields=["connection", "remote_id"],
        update_fields=["name", "region_id", "region", "seen_at", "gone_at"],
    )
    held = Programme.objects.for_agency(connection.agency).filter(connection=connection, gone_at=None)
    held.exclude(seen_at=now).update(gone_at=now)
