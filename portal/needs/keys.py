"""Keys that a remote system refuses, keys of partners that others may have read, and syncs that ask something."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from accounts.partners.keys import live
from estates.catalogue.models import SyncRun
from estates.connections.models import Connection, State
from portal.needs.need import Need


def refused_keys(agency: Agency) -> list[Need]:
    page = reverse("connections:index", args=[agency.slug])
    sentence = _("The remote system refuses this key. Replace it.")
    refused = Connection.objects.for_agency(agency).filter(removed_at=None, state=State.REFUSED)
    return [Need(str(connection), sentence, connection.last_answer, page) for connection in refused]


def exposed_keys(agency: Agency) -> list[Need]:
    """Working keys of partners that stood in an address, where logs and proxies read along."""
    sentence = _("This key stood in the address of a call, where others may have read it. Replace it.")
    page = reverse("accounts:partner_keys", args=[agency.slug])
    return [Need(str(key), sentence, "", page) for key in live(agency).exclude(exposed_at=None)]


def asking_syncs(agency: Agency) -> list[Need]:
    """Syncs that found so many estates gone that somebody has to say whether that is true."""
    sentence = _("More than a tenth of the estates are no longer listed. Should they be marked as gone?")
    runs = SyncRun.objects.for_agency(agency).filter(status=SyncRun.Status.ASKING)
    return [
        Need(str(run.connection), sentence, "", reverse("catalogue:removal", args=[agency.slug, run.pk]))
        for run in runs.select_related("connection")
    ]
