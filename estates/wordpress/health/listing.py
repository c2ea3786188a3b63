"""The health of sites as pages show it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime

from accounts.models import Agency
from estates.jobs.models import Job, Status
from estates.wordpress.health.asking import LOOK
from estates.wordpress.health.faults import Told, told
from estates.wordpress.health.keep import NEED_LOOKS
from estates.wordpress.health.picture import Picture, pictures
from estates.wordpress.models import Condition, Site, SiteHealth, State
from estates.wordpress.switching import latest_job


@dataclass
class Health:
    """What the last look found, the picture of the last days, and the job of the button where it matters."""

    row: SiteHealth
    picture: Picture | None
    job: Job | None = None

    @cached_property
    def faults(self) -> list[Told]:
        return told(self.row.faults)

    @property
    def facts(self) -> dict[str, Any]:
        return self.row.facts

    @property
    def tls_ends_at(self) -> datetime | None:
        return parse_datetime(self.facts.get("tls_ends_at") or "")

    @property
    def shows_verdict(self) -> bool:
        return self.row.verdict != Condition.UNKNOWN


def healths(agency: Agency, sites: Iterable[Site]) -> dict[int, Health]:
    """The health of each of an agency's sites by its id, in two queries; also of those never looked at."""
    found = list(sites)
    rows = last_looks(agency, found)
    drawn = pictures(agency, found) if rows else {}
    return {site.pk: Health(rows.get(site.pk) or SiteHealth(site=site), drawn.get(site.pk)) for site in found}


def last_looks(agency: Agency, sites: Iterable[Site]) -> dict[int, SiteHealth]:
    """What the last look found at each of an agency's sites by its id; those never looked at are left out."""
    rows = SiteHealth.objects.for_agency(agency).filter(site__in=list(sites))
    return {row.site_id: row for row in rows}


def health_of(site: Site) -> Health:
    """The same of one site, with the job of the button unless that is done: then the look itself is shown."""
    health = healths(site.agency, [site])[site.pk]
    job = latest_job(site, LOOK)
    if job and (job.is_open or job.status == Status.FAILED):
        health.job = job
    return health


def down_for_long(agency: Agency) -> QuerySet[SiteHealth]:
    """Active sites that several looks in a row found down: a person should know."""
    rows = SiteHealth.objects.for_agency(agency).filter(
        verdict=Condition.DOWN, down_looks__gte=NEED_LOOKS, site__state=State.ACTIVE
    )
    return rows.select_related("site__agency").order_by("since")
