"""What the workers do: ask Ts-Immo, and keep what it said as the site's state."""

from typing import Any

from django.db.models import F
from django.utils import timezone

from estates.connections.clients import client_for
from estates.connections.models import WORDS_LIMIT
from estates.connections.vault import unseal
from estates.jobs.run import Run
from estates.remotes.errors import NotFound, Refused
from estates.remotes.redaction import Redactor
from estates.remotes.secret import Secret
from estates.remotes.ts_immo import TsImmoClient
from estates.remotes.ts_immo_answers import Activation
from estates.wordpress.history import note
from estates.wordpress.models import Site, SiteEvent, State
from estates.wordpress.plugins.looking import start_look

What = SiteEvent.What


def activate(run: Run) -> None:
    """Activates the job's site. Being asked twice does no harm: a lost answer is asked for again."""
    site = held(run, State.ACTIVATING)
    if site is None:
        return
    secret = unseal(site.key.ciphertext)
    run.report(0, 1, phase="asking")
    try:
        with client_for(site.connection, TsImmoClient) as client:
            answer = client.activate_site(site.domain, secret, site.theme_id or None)
    except Refused as error:
        doubt = site.in_doubt or site.before == State.ACTIVE
        keep(run, site, State.REFUSED, What.REFUSED, error.words, in_doubt=doubt)
        raise
    keep(run, site, State.ACTIVE, What.ACTIVATED, in_doubt=False, **facts(answer, secret))


def deactivate(run: Run) -> None:
    """Deactivates the job's site. Where Ts-Immo knows no such site, there is none that could be active."""
    site = held(run, State.DEACTIVATING)
    if site is None:
        return
    run.report(0, 1, phase="asking")
    words = ""
    try:
        with client_for(site.connection, TsImmoClient) as client:
            client.deactivate_site(site.domain)
    except NotFound as unknown:
        words = unknown.words
    except Refused as error:
        keep(run, site, State(site.before), What.KEPT, error.words)
        raise
    keep(run, site, State.INACTIVE, What.DEACTIVATED, words, in_doubt=False)


def held(run: Run, state: State) -> Site | None:
    """The job's site, if it still waits for this answer: it may have been given up or removed meanwhile.

    While the job is open nobody else changes the state (see `switching`).
    """
    rows = Site.objects.for_agency(run.agency).filter(pk=run.params["site"], state=state)
    with run.step():
        if not rows.update(version=F("version")):  # waits for whoever holds the row
            return None
        return rows.select_related("agency", "connection__agency", "key").get()


def keep(run: Run, site: Site, state: State, what: SiteEvent.What, words: str = "", **fields: Any) -> None:
    """What Ts-Immo said becomes the site's state, with its trace, once and only once."""
    with run.step(done=1, total=1):
        Site.objects.for_agency(run.agency).filter(pk=site.pk).update(
            state=state,
            version=F("version") + 1,
            words=words[:WORDS_LIMIT],
            answered_at=timezone.now(),
            **fields,
        )
        note(site, run.job.asked_by, what, words)
        if what == What.ACTIVATED:
            start_look(site, run.job.asked_by)


def facts(answer: Activation, secret: Secret) -> dict[str, Any]:
    """What an activation says of the plan; ts-immo.txt gives the end as a date.

    A plan's name that repeats the plugin key is none, and is not kept.
    """
    return {
        "plan": answer.plan if Redactor([secret]).text(answer.plan) == answer.plan else "",
        "expires_at": answer.expires_at.date() if answer.expires_at else None,
        "max_properties": answer.max_properties,
    }
