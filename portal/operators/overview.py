"""One agency as operators see it: how much there is, how its connections are, and what failed last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.impersonation import may_stand_in
from accounts.models import Agency, Membership, PartnerKey, User
from accounts.partners.keys import live
from estates.catalogue.models import Estate
from estates.connections.listing import current_connections
from estates.connections.models import Connection
from estates.jobs.failures import unmended
from estates.jobs.models import OPEN, Job
from estates.leads.models import Lead
from estates.syndication.models import Listing
from estates.webhooks.models import Subscription
from estates.wordpress.models import Condition, Site, SiteHealth, State
from support.models import Ticket
from support.states import OVER

LATEST = 10
MOST_PEOPLE = 100


@dataclass(frozen=True)
class Count:
    """How many rows of a kind the agency has, how many of them are in the way that `word` says, and their list."""

    label: str | Promise
    number: int
    word: str | Promise
    of_these: int
    url: str


def counts(agency: Agency) -> list[Count]:
    rows: list[tuple[QuerySet[Any], str | Promise, Callable[[QuerySet[Any]], QuerySet[Any]]]] = [
        (Site.objects.for_agency(agency), _("switched on"), lambda sites: sites.filter(state=State.ACTIVE)),
        (
            SiteHealth.objects.for_agency(agency),
            _("down now"),
            lambda rows: rows.filter(verdict=Condition.DOWN),
        ),
        (Estate.objects.for_agency(agency), _("listed now"), lambda estates: estates.filter(gone_at=None)),
        (Lead.objects.for_agency(agency), _("not answered"), lambda leads: leads.filter(answered_at=None)),
        (
            Listing.objects.for_agency(agency),
            _("online"),
            lambda rows: rows.filter(live_until__gt=timezone.now()),
        ),
        (Ticket.objects.for_agency(agency), _("open"), lambda tickets: tickets.exclude(OVER)),
        (Job.objects.for_agency(agency), _("not finished"), lambda jobs: jobs.filter(status__in=OPEN)),
        (PartnerKey.objects.for_agency(agency), _("in use"), lambda keys: keys.filter(pk__in=live(agency))),
    ]
    return [
        Count(
            found.model._meta.verbose_name_plural or "",
            found.count(),
            word,
            narrow(found).count(),
            listed(found.model, agency),
        )
        for found, word, narrow in rows
    ]


def listed(model: Any, agency: Agency, **filters: str) -> str:
    """The admin's list of a model's rows, for this agency alone."""
    page = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    chosen = {"agency__id__exact": str(agency.pk), **filters}
    return f"{page}?{'&'.join(f'{name}={value}' for name, value in chosen.items())}"


def people(agency: Agency, operator: User) -> list[tuple[Membership, bool]]:
    """The members, each with whether the operator may work in that place."""
    members = (
        Membership.objects.filter(agency=agency).select_related("user").order_by("user__name", "user__email")
    )
    return [(member, may_stand_in(operator, member.user)) for member in members[:MOST_PEOPLE]]


def overview_of(agency: Agency, operator: User) -> dict[str, Any]:
    failures = (
        unmended().filter(agency=agency).defer("evidence", "checkpoint").order_by("-finished_at", "-pk")
    )
    return {
        "agency": agency,
        "counts": counts(agency),
        "members": Membership.objects.filter(agency=agency).count(),
        "people": people(agency, operator),
        "people_url": listed(Membership, agency),
        "connections": current_connections(agency),
        "connections_url": listed(Connection, agency),
        "webhooks": Subscription.objects.for_agency(agency).order_by("-failures", "pk")[:LATEST],
        "failures": failures[:LATEST],
        "failures_url": listed(Job, agency, status__exact="failed"),
    }
