"""The one way from one state of a site to another: compare and set."""

from collections.abc import Collection
from typing import Any

from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from estates.webhooks.kinds import EventType
from estates.webhooks.tell import tell
from estates.wordpress.models import Site, State

BUSY = {
    State.ACTIVATING: _("The site is being activated. Wait for Ts-Immo's answer."),
    State.DEACTIVATING: _("The site is being deactivated. Wait for Ts-Immo's answer."),
}
CHANGED = _("The site was changed meanwhile. Look at it as it is now, then decide again.")


class NotNow(Exception):
    """The site is not in the state that this needs, or no longer in the one that was seen; `words` say why."""

    def __init__(self, words: str | Promise) -> None:
        super().__init__(str(words))
        self.words = words


def move(site: Site, allowed: Collection[str], to: str | None = None, **fields: Any) -> None:
    """Changes the state of a site that still is as it was seen, and holds its row until the transaction ends.

    Of two people who act on the same sight only one succeeds. Without `to` the state stays. Raises `NotNow`.
    """
    rows = Site.objects.for_agency(site.agency).filter(
        pk=site.pk, version=site.version, state__in=list(allowed)
    )
    changed = {"state": to, **fields} if to else fields
    if not rows.update(version=F("version") + 1, **changed):
        now = Site.objects.for_agency(site.agency).filter(pk=site.pk).values_list("state", flat=True).first()
        raise NotNow(BUSY.get(State(now), CHANGED) if now else CHANGED)
    before = site.state
    site.refresh_from_db()
    if site.state != before:
        tell(site.agency_id, EventType.SITE_STATE, [site.pk], state=site.state)
