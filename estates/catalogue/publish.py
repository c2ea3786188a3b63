"""What goes back to Ts-Immo: an estate's address on the agency's site, and the wish for a replay."""

from django.db import transaction

from accounts.audit import record
from accounts.models import User
from estates.catalogue.models import Estate
from estates.connections.clients import client_for
from estates.jobs.models import Job
from estates.jobs.run import Run
from estates.jobs.start import start
from estates.remotes.ts_immo import TsImmoClient

KINDS = ("catalogue.set_public_url", "catalogue.replay")


class OtherUnderWay(RuntimeError):
    """Another address is being sent for the estate; it has to arrive first."""


def ask_public_url(estate: Estate, url: str, user: User | None) -> Job:
    """Starts to tell Ts-Immo the estate's address. Raises `OtherUnderWay` while another one is on its way."""
    with transaction.atomic():
        job = _start("catalogue.set_public_url", estate, user, url=url)
        if job.params.get("url") != url:
            raise OtherUnderWay(job.params.get("url"))
        record(estate.agency, user, "estate.public_url_asked", str(estate), url=url)
    return job


def ask_replay(estate: Estate, user: User | None) -> Job:
    """Starts to ask Ts-Immo to send the estate to the agency's sites once more."""
    with transaction.atomic():
        record(estate.agency, user, "estate.replay_asked", str(estate))
        return _start("catalogue.replay", estate, user)


def set_public_url(run: Run) -> None:
    """The work: tells the remote, and keeps the address here once it has said yes."""
    estate, url = _estate(run), run.params["url"]
    run.report(0, 1, phase="sending")
    with client_for(estate.connection, TsImmoClient) as client:
        client.set_public_url(estate.remote_id, url)
    with run.step(done=1, total=1):
        Estate.objects.for_agency(run.agency).filter(pk=estate.pk).update(public_url=url)
        record(run.agency, run.job.asked_by, "estate.public_url_set", str(estate), url=url)


def replay(run: Run) -> None:
    """The work: asks the remote. A replay that is asked for twice does no harm."""
    estate = _estate(run)
    run.report(0, 1, phase="sending")
    with client_for(estate.connection, TsImmoClient) as client:
        client.replay_estate(estate.remote_id)
    with run.step(done=1, total=1):
        record(run.agency, run.job.asked_by, "estate.replayed", str(estate))


def _start(kind: str, estate: Estate, user: User | None, **params: str) -> Job:
    return start(
        estate.agency,
        kind,
        subject=f"estate:{estate.pk}",
        title=str(estate),
        params={"estate": estate.pk, **params},
        asked_by=user,
    )


def _estate(run: Run) -> Estate:
    estates = Estate.objects.for_agency(run.agency).select_related("connection__agency")
    return estates.get(pk=run.params["estate"])
