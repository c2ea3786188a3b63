"""Where a listing stands, for a person: one word out of its stage, the rules and its last day."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from estates.syndication.models import Listing

Stage = Listing.Stage


class Standing(models.TextChoices):
    """The worst first, which is also the order of the page."""

    REFUSED = "refused", pgettext_lazy("listing", "Refused")
    HELD = "held", _("Held back")
    COMING = "coming", _("On its way")
    LIVE = "live", _("Online")
    LAPSING = "lapsing", _("Left to lapse")
    LAPSED = "lapsed", _("Lapsed")
    OUT = "out", _("Not published")


def conditions(now: datetime) -> dict[Standing, Q]:
    """The listings of each standing. They do not overlap, and every listing has one."""
    live, over = Q(live_until__gt=now), Q(live_until__lte=now)
    unwanted = Q(wanted=False)
    stopped = Q(stage__in=(Stage.REFUSED, Stage.HELD))
    return {
        Standing.REFUSED: Q(wanted=True, stage=Stage.REFUSED),
        Standing.HELD: Q(wanted=True, stage=Stage.HELD),
        Standing.COMING: Q(wanted=True) & ~stopped & ~live,
        Standing.LIVE: Q(wanted=True) & ~stopped & live,
        Standing.LAPSING: unwanted & live,
        Standing.LAPSED: unwanted & over,
        Standing.OUT: unwanted & Q(live_until__isnull=True),
    }


def standing_of(listing: Listing, now: datetime) -> Standing:
    """The standing of one listing, by the same rules."""
    live = listing.live_until is not None and listing.live_until > now
    if listing.wanted:
        if listing.stage == Stage.REFUSED:
            return Standing.REFUSED
        if listing.stage == Stage.HELD:
            return Standing.HELD
        return Standing.LIVE if live else Standing.COMING
    if live:
        return Standing.LAPSING
    return Standing.OUT if listing.live_until is None else Standing.LAPSED
