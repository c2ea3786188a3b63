from celery import shared_task
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from estates.jobs.kinds import job_kind
from estates.jobs.run import Run
from estates.leads import filing, sources
from estates.leads.aviv import importing, polling
from estates.leads.marketing_lab import pulling


@job_kind(
    "leads.fetch_marketing_lab",
    _("Fetch contacts"),
    phases={
        "mirroring": _("Reading regions and programmes"),
        "reading": _("Reading what is ready"),
        "pulling": _("Pulling"),
        "comparing": _("Comparing with what was pulled"),
    },
)
def fetch_marketing_lab(run: Run) -> None:
    pulling.fetch(run)


@job_kind("leads.fetch_aviv", _("Fetch leads"), phases={"reading": _("Reading what is new")})
def fetch_aviv(run: Run) -> None:
    polling.fetch(run)


@job_kind(
    importing.KIND,
    _("Import older leads"),
    phases={"reading": _("Reading week by week")},
    least_role=Role.MANAGER,
)
def import_aviv(run: Run) -> None:
    importing.import_leads(run)


@job_kind("leads.file", _("File leads"), phases={"filing": _("Linking estates and people")})
def file(run: Run) -> None:
    filing.file(run)


@shared_task(name="leads.start_due_fetches")
def start_due_fetches() -> None:
    sources.start_due_fetches()
