from celery import shared_task
from django.utils.translation import gettext_lazy as _

from accounts.scope import across
from estates.catalogue import mirror, plan, publish, retention
from estates.jobs.kinds import job_kind
from estates.jobs.run import Run


@job_kind(
    "catalogue.sync",
    _("Mirror estates"),
    phases={
        "reading": _("Reading pages"),
        "merging": _("Writing what changed"),
        "checking": _("Looking for what is gone"),
    },
)
def sync(run: Run) -> None:
    mirror.sync(run)


@shared_task(name="catalogue.start_due_syncs")
@across()
def start_due_syncs() -> None:
    plan.start_due_syncs()


@shared_task(name="catalogue.forget_old_runs")
@across()
def forget_old_runs() -> None:
    retention.forget_old_runs()


@job_kind("catalogue.set_public_url", _("Public address"), phases={"sending": _("Telling Ts-Immo")})
def set_public_url(run: Run) -> None:
    publish.set_public_url(run)


@job_kind("catalogue.replay", _("Replay of an estate"), phases={"sending": _("Asking Ts-Immo")})
def replay(run: Run) -> None:
    publish.replay(run)
