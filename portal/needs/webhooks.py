"""Webhooks that take nothing, so that a partner does not learn what happens."""

from functools import cache

from django.db.models import Q
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext

from accounts.partners.keys import living_on
from accounts.roles import Role
from estates.webhooks.giving_up import WARN_AFTER
from estates.webhooks.models import Subscription
from portal.needs.need import Asked, Facts, Kind, Need, moment


def failing_webhooks(asked: Asked) -> Kind:
    """Those that the portal switched off, and those that have failed for so long that it warned the owners."""
    working = cache(living_on)

    def tell(facts: Facts) -> Need | None:
        if facts["key"] and facts["key"] not in working(asked.agency):
            return None
        page = reverse("partner_webhooks:detail", args=[asked.agency.slug, facts["pk"]])
        return Need(facts["url"], _sentence(facts), "", page, least_role=Role.OWNER)

    late = Q(failing_since__lte=asked.now - WARN_AFTER[0])
    rows = Subscription.objects.for_agency(asked.agency).filter(status=Subscription.Status.ACTIVE)
    facts = {"pk": "pk", "url": "url", "key": "partner_key"}
    moments = {name: name for name in ("disabled_at", "failing_since")}
    return Kind(rows.filter(late | Q(disabled_at__isnull=False)), {**facts, **moments}, tell)


def _sentence(facts: Facts) -> str:
    if since := facts["disabled_at"]:
        sentence = gettext("The portal has sent nothing to this webhook since %(date)s: it took nothing.")
    else:
        since = facts["failing_since"]
        sentence = gettext("This webhook has taken nothing since %(date)s. What is meant for it waits.")
    date = formats.date_format(timezone.localtime(moment(since)), "DATETIME_FORMAT")
    return sentence % {"date": date}
