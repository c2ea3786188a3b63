from celery import shared_task
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from accounts.scope import across
from estates.jobs.kinds import job_kind
from estates.jobs.run import Run
from estates.leads import filing, sources
from estates.leads.aviv import creating, hearing, importing, polling, subscribing
from estates.leads.erasure import erase, retention
from estates.leads.erasure import work as erasing
from estates.leads.erasure.places import PLACES
from estates.leads.forwarding import forward, partner
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


@job_kind(
    hearing.KIND,
    _("Hear what AVIV announces"),
    phases={"asking": _("Fetching the announced leads"), "reading": _("Reading the last two days")},
)
def hear_aviv(run: Run) -> None:
    hearing.hear(run)


@job_kind(
    subscribing.KIND,
    _("Set up AVIV's announcements"),
    phases={"asking": _("Asking AVIV")},
    least_role=Role.MANAGER,
)
def subscribe_aviv(run: Run) -> None:
    subscribing.settle(run)


@job_kind(creating.KIND, _("Create a lead at AVIV"), phases={"sending": _("Sending it to AVIV")})
def create_aviv(run: Run) -> None:
    creating.send(run)


@job_kind("leads.file", _("File leads"), phases={"filing": _("Linking estates and people")})
def file(run: Run) -> None:
    filing.file(run)


@job_kind(forward.KIND, _("Forward a lead to Ts-Immo"), phases={"sending": _("Sending to Ts-Immo")})
def forward_lead(run: Run) -> None:
    forward.send(run)


@job_kind(partner.KIND, _("Send a partner's buyer to Ts-Immo"), phases={"sending": _("Sending to Ts-Immo")})
def send_buyer(run: Run) -> None:
    partner.send(run)


@job_kind(notices.KIND, _("Mail people about leads"), phases={"mailing": _("Mailing")})
def mail_notices(run: Run) -> None:
    notices.send(run)


@job_kind(digest.KIND, _("Mail the daily digest"), phases={"mailing": _("Mailing")}, least_role=Role.MANAGER)
def mail_digests(run: Run) -> None:
    digest.send(run)


@shared_task(name="leads.end_lapsed_offers")
@across()
def end_lapsed_offers() -> None:
    claim.end_lapsed_offers()
    notices.start_waiting()


@shared_task(name="leads.start_due_digests")
@across()
def start_due_digests() -> None:
    digest.start_due_digests()


@shared_task(name="leads.start_hearing")
@across()
def start_hearing() -> None:
    hearing.start_hearing()


@shared_task(name="leads.forget_old_calls")
@across()
def forget_old_calls() -> None:
    hearing.forget_old_calls()


@shared_task(name="leads.forget_old_buyers")
@across()
def forget_old_buyers() -> None:
    partner.forget_old_buyers()


@shared_task(name="leads.start_due_fetches")
@across()
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
@across()
def start_due_erasures() -> None:
    retention.start_due_erasures()
