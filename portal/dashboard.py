"""What an agency's first page says at once: what needs a person, and what happens. Pictures come behind."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

from django.db.models import Exists
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.roles import Role
from estates.connections.models import Connection, System
from estates.jobs.models import OPEN, Job
from estates.wordpress.models import Site
from portal.needs import needs_for
from portal.pictures.leads import span_of

BEGINNING = timedelta(days=30)
"""So long a new agency is told what it could still set up; later, what it does without is its choice."""


class Step(NamedTuple):
    """Something that is not set up yet, what it is good for, and the page where it is done."""

    name: str | Promise
    sentence: str | Promise
    page: str
    least: Role


SITE = Step(_("Your site"), _("Add it, and your estates appear on it."), "wordpress:add", Role.MANAGER)
LEADS = Step(
    _("Leads"),
    _("With the key of marketing-lab or AVIV they come in by themselves."),
    "connections:add",
    Role.OWNER,
)
SEEKI = Step(
    _("Seeki"), _("With its key your listings are published and kept online."), "connections:add", Role.OWNER
)
COLLEAGUES = Step(
    _("Colleagues"), _("Invite them, and each sees what is theirs to do."), "accounts:members", Role.OWNER
)


def dashboard_of(membership: Membership, days: str) -> dict[str, Any]:
    agency = membership.agency
    needs = needs_for(membership)
    jobs = Job.objects.for_agency(agency).filter(status__in=OPEN).defer("evidence")
    sites, members = Site.objects.for_agency(agency), Membership.objects.filter(agency=agency)
    others = members.exclude(pk=membership.pk)
    found = Connection.objects.for_agency(agency).filter(removed_at=None)
    connected = list(found.values_list("system", Exists(sites), Exists(others)))
    return {
        "needs": needs,
        "needs_number": len(needs),
        "open_jobs": list(jobs.order_by("-pk")[:5]),
        # Whoever is told to do something has begun already.
        "has_begun": bool(needs or connected),
        "steps": _steps(membership, connected),
        "days": span_of(days),
    }


def _steps(membership: Membership, connected: list[tuple[str, bool, bool]]) -> list[tuple[Step, str]]:
    """What a new agency has not set up yet and this person may, with the addresses; nothing before its first key."""
    if not connected or timezone.now() - membership.agency.created_at > BEGINNING:
        return []
    missing = [step for step in _missing(connected) if membership.may(step.least)]
    return [(step, reverse(step.page, args=[membership.agency.slug])) for step in missing]


def _missing(connected: list[tuple[str, bool, bool]]) -> Iterator[Step]:
    systems = {system for system, _site, _colleague in connected}
    _system, has_site, has_colleague = connected[0]
    if not has_site and System.TS_IMMO in systems:
        yield SITE
    if not systems & {System.MARKETING_LAB, System.AVIV}:
        yield LEADS
    if System.SEEKI not in systems:
        yield SEEKI
    if not has_colleague:
        yield COLLEAGUES
