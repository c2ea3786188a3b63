"""Where an estate is shown: the agency's sites, its page there, Seeki."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from estates.catalogue.models import Estate
from estates.syndication.forecast.words import is_refusing, reason_words
from estates.syndication.models import Listing, Plan
from estates.syndication.standings import Standing as Listed
from estates.syndication.standings import standing_of
from estates.wordpress.models import Proof, Site, State, Verdict
from estates.wordpress.proof.proposals import pending
from portal.passport.hop import Hop, Standing

SITES = {
    State.ACTIVE: Standing.RIGHT,
    State.ACTIVATING: Standing.WAITING,
    State.DEACTIVATING: Standing.BROKEN,
    State.INACTIVE: Standing.BROKEN,
    State.REFUSED: Standing.BROKEN,
}
PROOFS = {
    Verdict.RIGHT: Standing.RIGHT,
    Verdict.UNSEEN: Standing.WAITING,
    Verdict.UNREACHABLE: Standing.BROKEN,
    Verdict.DIFFERS: Standing.BROKEN,
    Verdict.NOT_FOUND: Standing.BROKEN,
    Verdict.FOREIGN: Standing.BROKEN,
}
LISTED = {
    Listed.LIVE: Standing.RIGHT,
    Listed.COMING: Standing.WAITING,
    Listed.REFUSED: Standing.BROKEN,
    Listed.HELD: Standing.BROKEN,
    Listed.LAPSING: Standing.NONE,
    Listed.LAPSED: Standing.NONE,
    Listed.OUT: Standing.NONE,
}
BEST_FIRST = (State.ACTIVE, State.ACTIVATING, State.REFUSED, State.DEACTIVATING, State.INACTIVE)


def site(estate: Estate) -> Iterator[Hop]:
    """One site that is active is enough; else the one that is nearest to it says why."""
    rows = list(Site.objects.for_agency(estate.agency).filter(connection=estate.connection))
    title = _("On your site")
    if not rows:
        yield Hop(
            "site",
            title,
            Standing.BROKEN,
            _("This account has no site here, so Ts-Immo sends the estate to none."),
            todo=_("Add the site, then activate it."),
            url=reverse("wordpress:add", args=[estate.agency.slug]),
        )
        return
    best = min(rows, key=lambda row: BEST_FIRST.index(State(row.state)))
    standing = SITES[State(best.state)]
    sentence = f"{best} · {best.get_state_display()}"
    if best.state == State.INACTIVE and _is_shown(estate):
        # It may have been activated elsewhere; the page is the proof.
        standing = Standing.RIGHT
        sentence = _("%(site)s, yet the estate’s page is shown.") % {"site": sentence}
    todo = _("Activate the site.") if standing == Standing.BROKEN else ""
    words = best.words if best.state == State.REFUSED else ""
    page = reverse("wordpress:detail", args=[estate.agency.slug, best.pk])
    yield Hop("site", title, standing, sentence, words, best.answered_at, todo, page)


def _proofs(estate: Estate) -> QuerySet[Proof]:
    return Proof.objects.for_agency(estate.agency).filter(estate=estate, url=estate.public_url)


def _is_shown(estate: Estate) -> bool:
    return _proofs(estate).filter(verdict=Verdict.RIGHT).exists()


def address(estate: Estate) -> Iterator[Hop]:
    title = _("Public address")
    if estate.public_url:
        yield Hop("address", title, Standing.RIGHT, estate.public_url, url=estate.public_url)
        return
    proposal = pending(estate.agency).filter(estate=estate).select_related("site").first()
    if proposal:
        page = reverse("wordpress:addresses", args=[estate.agency.slug, proposal.site_id])
        sentence = _("A page that is probably its own was found, and waits for your decision.")
        yield Hop("address", title, Standing.BROKEN, sentence, todo=_("Say whether it is."), url=page)
        return
    yield Hop(
        "address",
        title,
        Standing.BROKEN,
        _("Nobody knows the address of its page on your site."),
        todo=_("Type it on the estate's page, or search the site for it."),
        url=reverse("catalogue:detail", args=[estate.agency.slug, estate.pk]) + "#publishing",
    )


def page(estate: Estate) -> Iterator[Hop]:
    """Nothing where there is no address that could be looked at."""
    if not estate.public_url:
        return
    title = _("Its page")
    proof = _proofs(estate).select_related("site").first()
    if proof is None:
        yield Hop("page", title, Standing.WAITING, _("Its page was not looked at yet."))
        return
    standing = PROOFS[Verdict(proof.verdict)]
    todo = _("Compare the page with the estate.") if standing == Standing.BROKEN else ""
    place = reverse("catalogue:detail", args=[estate.agency.slug, estate.pk])
    words = str(proof.sentence)
    yield Hop("page", title, standing, proof.get_verdict_display(), words, proof.checked_at, todo, place)


def seeki(estate: Estate) -> Iterator[Hop]:
    """A hop for each account at Seeki that publishes."""
    plans = Plan.objects.for_agency(estate.agency).filter(active=True, connection__removed_at=None)
    rows = Listing.objects.for_agency(estate.agency).filter(estate=estate).order_by("pk")
    listings = {row.plan_id: row for row in rows}
    for plan in plans.select_related("connection").order_by("pk"):
        title = _("Seeki: %(account)s") % {"account": plan.connection}
        listing = listings.get(plan.pk)
        if listing is None:
            rules = reverse("syndication:rules", args=[estate.agency.slug, plan.connection_id])
            yield Hop("seeki", title, Standing.NONE, _("The rules do not choose it."), url=rules)
            continue
        listed = standing_of(listing, timezone.now())
        standing = LISTED[listed]
        todo = _("Mend what is named, in your CRM.") if standing == Standing.BROKEN else ""
        place = reverse("syndication:listing", args=[estate.agency.slug, listing.pk])
        yield Hop(
            "seeki", title, standing, listed.label, _reasons(listing, listed), listing.sent_at, todo, place
        )


def _reasons(listing: Listing, listed: Listed) -> str:
    """What Seeki said, or what it would say."""
    if listed == Listed.REFUSED:
        return listing.words or listing.code
    if listed == Listed.HELD:
        return " ".join(str(reason_words(reason)) for reason in listing.reasons if is_refusing(reason))
    return ""
