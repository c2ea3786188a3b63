"""Keys that a remote system refuses, keys of partners that others may have read, and syncs that ask something."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import PartnerKey
from accounts.partners.keys import live
from accounts.roles import Role
from estates.catalogue.models import SyncRun
from estates.connections.models import Connection, State
from portal.needs.need import Asked, Facts, Kind, Need

NAME = {"system": "connection__system", "label": "connection__label"}
"""What a connection's name is made of, for rows that have one."""


def name_of(facts: Facts) -> str:
    return str(Connection(system=facts["system"], label=facts["label"]))


def refused_keys(asked: Asked) -> Kind:
    page = reverse("connections:index", args=[asked.agency.slug])
    sentence = _("The remote system refuses this key. Replace it.")

    def tell(facts: Facts) -> Need:
        return Need(name_of(facts), sentence, facts["words"], page, least_role=Role.MANAGER)

    refused = Connection.objects.for_agency(asked.agency).filter(removed_at=None, state=State.REFUSED)
    return Kind(refused, {"pk": "pk", "system": "system", "label": "label", "words": "last_answer"}, tell)


def exposed_keys(asked: Asked) -> Kind:
    """Working keys of partners that stood in an address, where logs and proxies read along."""
    page = reverse("accounts:partner_keys", args=[asked.agency.slug])
    sentence = _("This key stood in the address of a call, where others may have read it. Replace it.")

    def tell(facts: Facts) -> Need:
        key = PartnerKey(name=facts["name"], prefix=facts["prefix"])
        return Need(str(key), sentence, "", page, least_role=Role.OWNER)

    exposed = live(asked.agency).exclude(exposed_at=None)
    return Kind(exposed, {"pk": "pk", "name": "name", "prefix": "prefix"}, tell)


def asking_syncs(asked: Asked) -> Kind:
    """Syncs that found so many estates gone that somebody has to say whether that is true."""
    sentence = _("More than a tenth of the estates are no longer listed. Should they be marked as gone?")

    def tell(facts: Facts) -> Need:
        page = reverse("catalogue:removal", args=[asked.agency.slug, facts["pk"]])
        return Need(name_of(facts), sentence, "", page, least_role=Role.MANAGER)

    runs = SyncRun.objects.for_agency(asked.agency).filter(status=SyncRun.Status.ASKING)
    return Kind(runs, {"pk": "pk", **NAME}, tell)
