"""What came by AVIV's calls against what was found by asking: whether announcements can be relied on."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import Agency
from estates.connections.models import Connection
from estates.leads.models import Lead, WebhookCall, WebhookSubscription

SPAN = timedelta(hours=24)
PATIENCE = timedelta(minutes=10)
"""How much later than the lead a call may come."""
SKEW = timedelta(minutes=1)
MOST = 5_000
ENOUGH, SHARE = 3, 0.2


@dataclass(frozen=True)
class Gap:
    """Of the leads since `since`: how many AVIV announced, and how many it did not."""

    since: datetime
    announced: int
    missed: int

    @property
    def total(self) -> int:
        return self.announced + self.missed

    @property
    def is_wide(self) -> bool:
        """Whether a person should look: three leads, or more than a fifth of them, came unannounced."""
        return self.missed >= ENOUGH or self.missed > SHARE * self.total


def gap_of(connection: Connection) -> Gap | None:
    """The last day's gap, from when announcements began; None where there are none to rely on."""
    now = timezone.now()
    subscriptions = WebhookSubscription.objects.for_agency(connection.agency).filter(
        connection=connection, wanted="ACTIVE", state="ACTIVE"
    )
    began = subscriptions.order_by("active_since").values_list("active_since", flat=True).first()
    if began is None:
        return None
    since = max(now - SPAN, began)
    leads = Lead.objects.for_agency(connection.agency).filter(
        connection=connection, happened_at__gte=since, happened_at__lt=now - PATIENCE
    )
    calls = WebhookCall.objects.for_agency(connection.agency).filter(
        subscription__connection=connection, at__gte=since - SKEW
    )
    named = set(calls.exclude(lead_id="").values_list("lead_id", flat=True))
    nameless = list(calls.filter(lead_id="").order_by("at").values_list("at", flat=True))
    rows = leads.order_by("-happened_at").values_list("remote_id", "happened_at")[:MOST]
    told = [remote_id in named or is_near(happened_at, nameless) for remote_id, happened_at in rows]
    return Gap(since, sum(told), len(told) - sum(told))


def is_near(moment: datetime, calls: Sequence[datetime]) -> bool:
    """Whether a call that named nobody came soon after a lead: then it may have been about it."""
    first = bisect_left(calls, moment - SKEW)
    return first < len(calls) and calls[first] <= moment + PATIENCE


def wide_gaps(agency: Agency) -> list[tuple[Connection, Gap]]:
    """The agency's connections whose announcements fail."""
    subscriptions = WebhookSubscription.objects.for_agency(agency).filter(wanted="ACTIVE", state="ACTIVE")
    connections = Connection.objects.for_agency(agency).select_related("agency").filter(removed_at=None)
    found = connections.filter(pk__in=subscriptions.values("connection")).order_by("label", "pk")
    gaps = [(connection, gap_of(connection)) for connection in found]
    return [(connection, gap) for connection, gap in gaps if gap and gap.is_wide]
