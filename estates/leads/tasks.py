from celery import shared_task
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from estates.jobs.kinds import job_kind
from estates.jobs.run import Run
from estates.leads import filing, sources
from estates.leads.erasure import erase, retention
from estates.leads.erasure import work as erasing
from estates.leads.erasure.places import PLACES
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


@job_kind("leads.file", _("File leads"), phases={"filing": _("Linking estates and people")})
def file(run: Run) -> None:
    filing.file(run)


@shared_task(name="leads.start_due_fetches")
def start_due_fetches() -> None:
    sources.start_due_fetches()


@job_kind(
    erase.KIND,
    _("Erase people"),
    phases={"blanking": _("Blanking their enquiries"), **{place.name: place.label for place in PLACES}},
    least_role=Role.MANAGER,
)
def erase_people(run: Run) -> None:
    erasing.erase(run)


@shared_task(name="leads.start_due_erasures")
def start_due_erasures() -> None:
    retention.start_due_erasures()
