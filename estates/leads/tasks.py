from celery import shared_task
from django.utils.translation import gettext_lazy as _

from estates.jobs.kinds import job_kind
from estates.jobs.run import Run
from estates.leads import filing, sources
from estates.leads.forwarding import forward
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


@job_kind(forward.KIND, _("Forward a lead to Ts-Immo"), phases={"sending": _("Sending to Ts-Immo")})
def forward_lead(run: Run) -> None:
    forward.send(run)


@shared_task(name="leads.start_due_fetches")
def start_due_fetches() -> None:
    sources.start_due_fetches()
