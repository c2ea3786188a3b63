"""Webhooks that take nothing, so that a partner does not learn what happens."""

from django.db.models import Q
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext

from accounts.models import Agency
from accounts.partners.keys import living_on
from accounts.roles import Role
from estates.webhooks.giving_up import WARN_AFTER
from estates.webhooks.models import Subscription
from estates.webhooks.subscribing import is_entitled
from portal.needs.need import Need


def failing_webhooks(agency: Agency) -> list[Need]:
    """Those that the portal switched off, and those that have failed for so long that it warned the owners."""
    late = Q(failing_since__lte=timezone.now() - WARN_AFTER[0])
    rows = Subscription.objects.for_agency(agency).filter(status=Subscription.Status.ACTIVE)
    found = rows.filter(late | Q(disabled_at__isnull=False)).select_related("agency", "partner_key__agency")
    failing = list(found.order_by("pk"))
    working = living_on(agency) if failing else ()
    return [_need(each) for each in failing if is_entitled(each, working)]


def _need(subscription: Subscription) -> Need:
    if subscription.disabled_at:
        since = subscription.disabled_at
        sentence = gettext("The portal has sent nothing to this webhook since %(date)s: it took nothing.")
    else:
        since = subscription.failing_since or timezone.now()
        sentence = gettext("This webhook has taken nothing since %(date)s. What is meant for it waits.")
    date = formats.date_format(timezone.localtime(since), "DATETIME_FORMAT")
    page = reverse("partner_webhooks:detail", args=[subscription.agency.slug, subscription.pk])
    return Need(str(subscription), sentence % {"date": date}, "", page, least_role=Role.OWNER)
