"""What the pages show of each site."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Count, QuerySet
from django.utils import timezone

from accounts.models import Agency
from estates.catalogue.facets import until_next_sync
from estates.catalogue.models import Estate
from estates.connections.models import Connection, System
from estates.jobs.latest import latest
from estates.jobs.models import Job
from estates.wordpress.endings import EARLY, LATE, days_left
from estates.wordpress.health.listing import Health, healths
from estates.wordpress.models import AT_REST, Site, State
from estates.wordpress.switching import KIND_OF, subject_of

NEARLY_FULL = 90
"""Percent of a plan's estates from which on the page warns."""


@dataclass(frozen=True)
class SiteCard:
    """A site, how many estates its account has, and for a state in between the job that is about it."""

    site: Site
    estates: int
    job: Job | None
    today: date
    health: Health | None = None

    @property
    def is_stuck(self) -> bool:
        """The site waits for an answer that nobody is asking for any more: a person has to decide."""
        return self.site.is_between and not (self.job and self.job.is_open)

    @property
    def can_be_activated(self) -> bool:
        return self.site.state in (State.INACTIVE, State.REFUSED)

    @property
    def can_be_deactivated(self) -> bool:
        return self.site.state == State.ACTIVE or (self.site.in_doubt and self.site.state in AT_REST)

    @property
    def percent(self) -> int | None:
        """How much of the plan's estates the account has; None where the plan names no limit."""
        most = self.site.max_properties
        return None if most is None else 100 if not most else self.estates * 100 // most

    @property
    def is_nearly_full(self) -> bool:
        return self.percent is not None and self.percent >= NEARLY_FULL

    @property
    def over(self) -> int:
        """How many estates more than the plan allows."""
        return max(0, self.estates - (self.site.max_properties or 0)) if self.percent is not None else 0

    @property
    def days_left(self) -> int | None:
        return days_left(self.site, self.today)

    @property
    def ends_soon(self) -> bool:
        return self.days_left is not None and 0 <= self.days_left <= EARLY

    @property
    def ends_very_soon(self) -> bool:
        return self.days_left is not None and self.days_left <= LATE

    @property
    def has_ended(self) -> bool:
        return self.days_left is not None and self.days_left < 0


def sites_of(agency: Agency) -> QuerySet[Site]:
    return Site.objects.for_agency(agency).select_related("connection", "agency").order_by("domain")


def cards(agency: Agency, sites: Iterable[Site]) -> list[SiteCard]:
    """One card for each site of one agency, in four queries, however many there are."""
    found, today = list(sites), timezone.localdate()
    numbers = estates_by_connection(agency) if found else {}
    jobs = jobs_about([site for site in found if site.is_between])
    return [SiteCard(site, numbers.get(site.connection_id, 0), jobs.get(site.pk), today) for site in found]


def with_health(agency: Agency, found: list[SiteCard]) -> list[SiteCard]:
    """The same cards with what the last look at each site found, in two more queries."""
    known = healths(agency, [card.site for card in found]) if found else {}
    return [replace(card, health=known[card.site.pk]) for card in found]


def estates_by_connection(agency: Agency) -> dict[int, int]:
    """How many estates are listed at each of the agency's connections at present."""
    present = Estate.objects.for_agency(agency).filter(gone_at=None).order_by()
    numbers = present.values_list("connection").annotate(number=Count("pk"))
    return until_next_sync(agency, "wordpress:estates", lambda: dict(numbers))


def jobs_about(between: list[Site]) -> dict[int, Job]:
    """The newest job about each of these sites, all of one agency and waiting for an answer, by the site's id."""
    if not between:
        return {}
    found = latest(between[0].agency, KIND_OF.values(), [subject_of(site) for site in between])
    about = {site.pk: found.get((KIND_OF[State(site.state)], subject_of(site))) for site in between}
    return {pk: job for pk, job in about.items() if job}


def accounts_of(agency: Agency) -> QuerySet[Connection]:
    """The agency's Ts-Immo connections that were not removed."""
    found = Connection.objects.for_agency(agency).filter(system=System.TS_IMMO, removed_at=None)
    return found.select_related("agency").order_by("label", "pk")
