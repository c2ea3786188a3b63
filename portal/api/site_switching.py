"""What a partner has done at Ts-Immo about a site: switched on, switched off, all estates sent again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Field, Schema

from accounts.models import PartnerKey, Scope
from estates.jobs.models import Job
from estates.wordpress import replay, switching
from estates.wordpress.models import Site, State
from estates.wordpress.states import BUSY, NotNow
from portal.api.errors import Error, Refusal
from portal.api.keys import needs
from portal.api.once import digest_of, once
from portal.api.sites import ERRORS, router, site_of

WRITING = ERRORS | {400: Error, 404: Error, 409: Error, 413: Error}
WAIT = {"Retry-After": "30"}
"""For Ts-Immo's answer."""
Verb = Callable[[], Job]


class SiteAsked(Schema):
    """Ts-Immo's answer is not awaited: the job says what became of it (GET /jobs/{id})."""

    id: int = Field(description="The site's", examples=[12])
    job: int = Field(examples=[4711])


@router.post("/{int:site_id}/activate", auth=needs(Scope.SITES_WRITE), response={202: SiteAsked} | WRITING)
def site_activate(request: HttpRequest, site_id: int) -> HttpResponse:
    """Have Ts-Immo activate a site; an active one to say its plan once more.

    Where an activation failed without an answer, it is asked for once more. 409 while Ts-Immo is being asked.
    """
    key: PartnerKey = request.partner_key  # type: ignore[attr-defined]
    found = site_of(key, site_id)

    def activate() -> Job:
        if found.state == State.ACTIVATING:
            return switching.try_again(found, None, partner=str(key))
        return switching.activate(found, None, partner=str(key))

    return _asked(request, key, found, activate)


@router.post("/{int:site_id}/deactivate", auth=needs(Scope.SITES_WRITE), response={202: SiteAsked} | WRITING)
def site_deactivate(request: HttpRequest, site_id: int) -> HttpResponse:
    """Have Ts-Immo deactivate a site that is active, or of which that is in doubt. It gets no estates any more.

    Where a deactivation failed without an answer, it is asked for once more. 409 while Ts-Immo is being asked.
    """
    key: PartnerKey = request.partner_key  # type: ignore[attr-defined]
    found = site_of(key, site_id)

    def deactivate() -> Job:
        if found.state == State.DEACTIVATING:
            return switching.try_again(found, None, partner=str(key))
        _require_active(found)
        return switching.deactivate(found, None, partner=str(key))

    return _asked(request, key, found, deactivate)


@router.post("/{int:site_id}/replay", auth=needs(Scope.SITES_WRITE), response={202: SiteAsked} | WRITING)
def site_replay(request: HttpRequest, site_id: int) -> HttpResponse:
    """Have Ts-Immo send all estates of a site's account once more.

    They go to every active site of that account, not to this one alone. While a replay is under way, that is the
    one. 409 soon after the last one: `Retry-After` says for how many seconds.
    """
    key: PartnerKey = request.partner_key  # type: ignore[attr-defined]
    found = site_of(key, site_id)

    def replay_all() -> Job:
        if found.is_between:
            raise NotNow(BUSY[State(found.state)])
        _require_active(found)
        try:
            return replay.ask_replay_all(found.connection, None)
        except replay.TooSoon:
            raise _too_soon(found) from None
        except replay.KeyDeleted:
            raise NotNow(switching.KEY_DELETED) from None

    return _asked(request, key, found, replay_all)


def _asked(request: HttpRequest, key: PartnerKey, found: Site, verb: Verb) -> HttpResponse:
    """Raises Refusal 409, in English, where the verb cannot be had now."""

    def effect() -> tuple[int, Any]:
        job = verb()
        return 202, {"id": found.pk, "job": job.pk}

    try:
        return once(request, key, digest_of(request), effect)
    except NotNow as refusal:
        words = str(refusal.words)
        raise Refusal(409, words, WAIT if refusal.words in BUSY.values() else None) from None


def _require_active(found: Site) -> None:
    """Raises Refusal 409 for a site at rest that is certainly not active."""
    if found.state in (State.INACTIVE, State.REFUSED) and not found.in_doubt:
        raise Refusal(409, f"The site is not active (state: {found.state}).")


def _too_soon(found: Site) -> Refusal:
    last = replay.recent_replay(found.connection)
    ended = last.finished_at if last and last.finished_at else timezone.now()
    passed = (timezone.now() - ended).total_seconds()
    left = max(1, settings.REPLAY_COOLDOWN_MINUTES * 60 - int(passed))
    words = "All estates were sent again a short time ago. A person of the agency can insist, in the portal."
    return Refusal(409, words, {"Retry-After": str(left)})
