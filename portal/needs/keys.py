"""Keys that a remote system refuses, and syncs that ask something."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from estates.catalogue.models import SyncRun
from estates.connections.models import Connection, State
from portal.needs.need import Need


def refused_keys(agency: Agency) -> list[Need]:
    page = reverse("connections:index", args=[agency.slug])
    sentence = _("The remote system refuses this key. Replace it.")
    refused = Connection.objects.for_agency(agency).filter(removed_at=None, state=State.REFUSED)
    return [Need(str(connection), sentence, connection.last_answer, page) for connection in refused]


def asking_syncs(agency: Agency) -> list[Need]:
    """Syncs that found so many estates gone that somebody has to say whether that is true."""
    sentence = _("More than a tenth of the estates are no longer listed. Should they be marked as gone?")
    runs = SyncRun.objects.for_agency(agency).filter(status=SyncRun.Status.ASKING)
    return [
        Need(str(run.connection), sentence, "", reverse("catalogue:removal", args=[agency.slug, run.pk]))
        for run in runs.select_related("connection")
    ]
