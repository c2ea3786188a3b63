"""Rows of support as they come to be, without their way there."""

from django.utils import timezone

from accounts.models import Agency
from estates.connections.models import Connection, ConnectionKey, State
from estates.connections.vault import seal
from estates.jobs.models import Job, Status
from estates.remotes.secret import Secret
from estates.wordpress.models import Site, SiteKey
from support.models import Delivery, Message, Ticket

KEY = "tsi_live_Qw8er5Ty2Ui9op"
PLUGIN_KEY = "plg-77aa-SiteKey-31"


def connection(agency: Agency, system="ts_immo", key=KEY, **fields) -> Connection:
    made = Connection.objects.create(
        agency=agency, system=system, **{"label": "Siège", "state": State.WORKING} | fields
    )
    ConnectionKey.objects.create(connection=made, ciphertext=seal(Secret(key)), last_four=key[-4:])
    return made


def site(account: Connection, domain="www.agence-martin.example", key=PLUGIN_KEY, **fields) -> Site:
    made = Site.objects.create(agency=account.agency, connection=account, domain=domain, **fields)
    SiteKey.objects.create(site=made, ciphertext=seal(Secret(key)), last_four=key[-4:])
    return made


def failed(agency: Agency, kind="catalogue.sync", **fields) -> Job:
    given = {"status": Status.FAILED, "error_kind": "refused", "finished_at": timezone.now(), "attempts": 1}
    return Job.objects.create(agency=agency, kind=kind, **given | fields)


def ticket(account: Connection, **fields) -> Ticket:
    now = timezone.now()
    given = {"subject": "Photos", "domain": "www.agence-martin.example", "opened_at": now, "changed_at": now}
    return Ticket.objects.create(agency=account.agency, connection=account, **given | fields)


def message(of: Ticket, **fields) -> Message:
    given = {"text": "Bonjour", "written_at": timezone.now(), "delivery": Delivery.SENT}
    return Message.objects.create(agency=of.agency, ticket=of, **given | fields)
