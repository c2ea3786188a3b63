from celery import shared_task
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from estates.jobs.kinds import job_kind
from estates.jobs.run import Run
from estates.leads import filing, sources
from estates.leads.erasure import erase, retention
from estates.leads.erasure import work as erasing
from estates.leads.erasure.places import PLACES
from estates.leads.forwarding import forward
from estates.leads.marketing_lab import pulling
from estates.leads.routing import claim, digest, notices


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


@job_kind(notices.KIND, _("Mail people about leads"), phases={"mailing": _("Mailing")})
def mail_notices(run: Run) -> None:
    notices.send(run)


@job_kind(digest.KIND, _("Mail the daily digest"), phases={"mailing": _("Mailing")}, least_role=Role.MANAGER)
def mail_digests(run: Run) -> None:
    digest.send(run)


@shared_task(name="leads.end_lapsed_offers")
def end_lapsed_offers() -> None:
    claim.end_lapsed_offers()
    notices.start_waiting()


@shared_task(name="leads.start_due_digests")
def start_due_digests() -> None:
    digest.start_due_digests()


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
