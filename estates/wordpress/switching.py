"""What people ask of Ts-Immo about a site: each is a change of its state and a job, in one transaction.

Where a partner asks there is no actor, and `partner` names the key.
"""

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from estates.connections.models import Connection
from estates.jobs.models import OPEN, Job
from estates.jobs.start import start
from estates.wordpress.history import note
from estates.wordpress.models import AT_REST, Site, SiteEvent, State
from estates.wordpress.states import BUSY, CHANGED, NotNow, move

ACTIVATE, DEACTIVATE = "wordpress.activate", "wordpress.deactivate"
KIND_OF = {State.ACTIVATING: ACTIVATE, State.DEACTIVATING: DEACTIVATE}
"""What the job is called that brings a site out of a state in between."""
KEY_DELETED = _("The key of this Ts-Immo account was deleted. Choose another account for the site first.")

What = SiteEvent.What


def activate(site: Site, actor: User | None, *, partner: str = "") -> Job:
    """Asks Ts-Immo to activate the site as it was seen; an active one to say its plan once more.

    Raises `NotNow`, also for everybody but the first of those who ask at once.
    """
    with transaction.atomic():
        require_key(site)
        move(site, AT_REST, State.ACTIVATING, before=F("state"))
        note(site, actor, What.ACTIVATION_ASKED, partner=partner)
        return _start(site, actor)


def deactivate(site: Site, actor: User | None, *, partner: str = "") -> Job:
    """Asks Ts-Immo to deactivate a site that is active, or of which that is in doubt. Raises `NotNow`."""
    with transaction.atomic():
        require_key(site)
        allowed = AT_REST if site.in_doubt else (State.ACTIVE,)
        move(site, allowed, State.DEACTIVATING, before=F("state"))
        note(site, actor, What.DEACTIVATION_ASKED, partner=partner)
        return _start(site, actor)


def try_again(site: Site, actor: User | None, *, partner: str = "") -> Job:
    """Asks once more what a job that ended did not find out. Raises `NotNow` while one is open."""
    with transaction.atomic():
        _require_between(site)
        move(site, (site.state,))
        note(site, actor, What.TRIED_AGAIN, partner=partner)
        return _start(site, actor)


def give_up(site: Site, actor: User) -> None:
    """Takes a site whose job ended without an answer back to the state before it.

    Whether Ts-Immo has done it all the same is in doubt then. Raises `NotNow` while a job is open.
    """
    with transaction.atomic():
        _require_between(site)
        asked = site.state
        # The row is held from here: a job that starts meanwhile finds the site as this leaves it.
        move(site, (asked,), site.before)
        job = latest_job(site, KIND_OF[State(asked)])
        if job and job.status in OPEN:
            raise NotNow(BUSY[State(asked)])
        if job and job.attempts:
            Site.objects.for_agency(site.agency).filter(pk=site.pk).update(in_doubt=True)
        note(site, actor, What.GIVEN_UP)


def subject_of(site: Site) -> str:
    return f"site:{site.pk}"


def latest_job(site: Site, kind: str) -> Job | None:
    jobs = Job.objects.for_agency(site.agency).filter(kind=kind, subject=subject_of(site))
    return jobs.defer("evidence", "checkpoint").order_by("-pk").first()


def _start(site: Site, actor: User | None) -> Job:
    """Raises `NotNow` where the job of an earlier change is just ending: the new one would be lost with it."""
    job = start(
        site.agency,
        KIND_OF[State(site.state)],
        subject=subject_of(site),
        title=str(site),
        params={"site": site.pk, "version": site.version},
        asked_by=actor,
    )
    if job.params.get("version") != site.version:
        raise NotNow(BUSY[State(site.state)])
    return job


def _require_between(site: Site) -> None:
    if not site.is_between:
        raise NotNow(CHANGED)


def require_key(site: Site) -> None:
    """Raises `NotNow` where the key of the site's account was deleted."""
    if (
        Connection.objects.for_agency(site.agency).filter(pk=site.connection_id, removed_at=None).first()
        is None
    ):
        raise NotNow(KEY_DELETED)
