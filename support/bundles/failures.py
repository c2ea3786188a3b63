"""What failed, as the rooms below know it. Nothing is masked here yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from estates.connections.listing import current_connections
from estates.connections.models import Outcome
from estates.connections.models import State as KeyState
from estates.jobs.models import OPEN, Job, Status
from estates.wordpress.models import Site, State
from estates.wordpress.switching import ACTIVATE, KIND_OF, latest_job
from support.bundles.sites import site_of_connection, site_of_job, sites_of

ABOUT_LEADS = "leads."
"""What the kinds of work begin with that may speak of the people in leads."""
ABOUT_KEYS = (Outcome.UNAUTHORISED, Outcome.THROTTLED, Outcome.UNREACHABLE)
"""How a connection's last call ended where its answer cannot be about a person: others may quote what was sent."""


@dataclass(frozen=True)
class Failure:
    """Something that failed. `tries` is how often it was begun, 0 where that is not counted.

    `title` and `words` are as they were stored; they are empty where a lead's person may stand in them.
    """

    what: str | Promise
    title: str
    at: datetime | None
    sentence: str | Promise
    words: str = ""
    tries: int = 0
    request_id: str = ""
    site: Site | None = None


def failure_of(agency: Agency, what: str, pk: int) -> Failure | None:
    """The failure of a "job", a "site" or a "connection"; None where nothing is wrong with it by now.

    Raises `Http404` for what the agency does not have.
    """
    find = {"job": of_job, "site": of_site, "connection": of_connection}.get(what)
    if find is None:
        raise Http404
    return find(agency, pk)


def of_job(agency: Agency, pk: int) -> Failure | None:
    job = get_object_or_404(Job.objects.for_agency(agency).select_related("agency").defer("evidence"), pk=pk)
    if job.status != Status.FAILED:
        return None
    is_told = not job.kind.startswith(ABOUT_LEADS)
    return Failure(
        what=job.label,
        title=job.title if is_told else "",
        at=job.finished_at or job.created_at,
        sentence=job.sentence,
        words=job.error if is_told else "",
        tries=job.attempts,
        request_id=job.request_id,
        site=site_of_job(job),
    )


def of_site(agency: Agency, pk: int) -> Failure | None:
    """A site that Ts-Immo refused, or one whose answer never came and that nobody asks about any more."""
    site = get_object_or_404(sites_of(agency), pk=pk)
    job = latest_job(site, KIND_OF.get(State(site.state), ACTIVATE))
    if site.state == State.REFUSED:
        return Failure(
            what=_("Activation of a site"),
            title=str(site),
            at=site.answered_at,
            sentence=_("Ts-Immo refused to activate this site."),
            words=site.words,
            tries=job.attempts if job else 0,
            request_id=job.request_id if job else "",
            site=site,
        )
    if not site.is_between or (job and job.status in OPEN):
        return None
    return Failure(
        what=site.get_state_display(),
        title=str(site),
        at=(job.finished_at or job.created_at) if job else None,
        sentence=_("Ts-Immo's answer did not come, and nobody is asking any more."),
        words=job.error if job else "",
        tries=job.attempts if job else 0,
        request_id=job.request_id if job else "",
        site=site,
    )


def of_connection(agency: Agency, pk: int) -> Failure | None:
    connection = get_object_or_404(current_connections(agency).select_related("agency"), pk=pk)
    if connection.state not in (KeyState.FAILING, KeyState.REFUSED):
        return None
    is_refused = connection.state == KeyState.REFUSED
    return Failure(
        what=_("Connection"),
        title=str(connection),
        at=connection.refused_at if is_refused else connection.last_used_at,
        sentence=connection.get_last_outcome_display() or connection.get_state_display(),
        words=connection.last_answer if connection.last_outcome in ABOUT_KEYS else "",
        tries=connection.refusals,
        site=site_of_connection(connection),
    )
