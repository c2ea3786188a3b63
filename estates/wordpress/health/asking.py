"""The button: a look at one site, now."""

from django.db import transaction
from django.utils import timezone

from accounts.audit import record
from accounts.models import User
from estates.connections.web import web_client
from estates.jobs.models import Job
from estates.jobs.run import Run
from estates.jobs.start import start
from estates.wordpress.health.keep import keep
from estates.wordpress.health.look import look_at
from estates.wordpress.models import Site, SiteHealth
from estates.wordpress.switching import subject_of

LOOK = "wordpress.look"


def ask_look(site: Site, actor: User) -> Job:
    """Asks for a look at a site, in whatever state it is; while one is under way, that is what comes back."""
    with transaction.atomic():
        record(site.agency, actor, "site.look_asked", str(site))
        return start(
            site.agency,
            LOOK,
            subject=subject_of(site),
            title=str(site),
            params={"site": site.pk},
            asked_by=actor,
        )


def look(run: Run) -> None:
    """The work. A look of the timer that is under way at the same time gives way to this one."""
    sites = Site.objects.for_agency(run.agency).select_related("agency")
    site = sites.filter(pk=run.params["site"]).first()
    if site is None:
        return
    run.report(0, 1, phase="looking")
    with web_client() as client:
        found = look_at(client, site.domain)
    with run.step(done=1, total=1):
        SiteHealth.objects.across_agencies().bulk_create(
            [SiteHealth(agency=site.agency, site=site, next_at=timezone.now())], ignore_conflicts=True
        )
        keep(site, found)
