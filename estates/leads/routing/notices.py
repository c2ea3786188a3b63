"""Mails about leads: written as rows with what they tell of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from accounts.mail_choices import wants
from accounts.models import Agency, MailKind
from estates.jobs.mailing import send_waiting
from estates.jobs.run import Run
from estates.jobs.start import start
from estates.leads.models import LeadOffer, Notice
from estates.leads.routing.lead_mail import compose

KIND = "leads.notify"
State = Notice.State
STALE = timedelta(days=1)
"""After so long a mail tells nothing new: the inbox and the digest have told it."""


def notify(agency: Agency, notices: Sequence[Notice]) -> None:
    """Puts mails in line in the caller's transaction. Whoever was told the same before is not told again."""
    if notices:
        Notice.objects.across_agencies().bulk_create(notices, ignore_conflicts=True)
        start(agency, KIND, subject="notices")


def start_waiting() -> int:
    """Starts the mails that wait without a job, because it was just ending when they were written."""
    waiting = Notice.objects.across_agencies().filter(state=State.WAITING).order_by().values("agency")
    agencies = Agency.objects.filter(pk__in=waiting)
    for agency in agencies:
        start(agency, KIND, subject="notices")
    return len(agencies)


def send(run: Run) -> None:
    """The work of `leads.notify`."""
    related = ("lead__agency", "lead__estate", "lead__assignee", "user", "agency")
    rows = Notice.objects.for_agency(run.agency).select_related(*related)
    send_waiting(run, rows, compose, _is_needed)


def _is_needed(notice: Notice) -> bool:
    """Whether it is wanted and still tells the truth: the lead is still theirs, or still to be taken."""
    lead, now = notice.lead, timezone.now()
    if lead.erased_at or now - notice.at > STALE or not wants(notice.agency, notice.user, MailKind.LEAD):
        return False
    if notice.kind == Notice.Kind.ASSIGNED:
        return lead.assignee_id == notice.user_id
    offers = LeadOffer.objects.for_agency(notice.agency).filter(lead=lead, ended_at=None, until__gt=now)
    return lead.assignee_id is None and offers.exists()
