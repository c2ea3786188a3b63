"""What came by AVIV's calls against what was found by asking: whether announcements can be relied on."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
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
    own = _relied_on(connection.agency).filter(connection=connection)
    return _gaps(connection.agency, own).get(connection.pk)


def _relied_on(agency: Agency) -> QuerySet[WebhookSubscription]:
    rows = WebhookSubscription.objects.for_agency(agency).filter(wanted="ACTIVE", state="ACTIVE")
    return rows.exclude(active_since=None).select_related("connection").order_by("connection__label", "pk")


def _gaps(agency: Agency, subscriptions: Iterable[WebhookSubscription]) -> dict[int, Gap]:
    """The gap of each connection to which one of the subscriptions belongs, in three queries."""
    now = timezone.now()
    began: dict[int, datetime] = {}
    for each in subscriptions:
        since = max(now - SPAN, each.active_since or now)
        began[each.connection_id] = min(since, began.get(each.connection_id, since))
    if not began:
        return {}
    calls = WebhookCall.objects.for_agency(agency).filter(
        subscription__connection__in=began, at__gte=min(began.values()) - SKEW
    )
    named: set[tuple[int, str]] = set()
    nameless: dict[int, list[datetime]] = defaultdict(list)
    told = calls.order_by("at").values_list("subscription__connection", "lead_id", "at")
    for connection, lead, at in told:
        if lead:
            named.add((connection, lead))
        else:
            nameless[connection].append(at)
    leads = Lead.objects.for_agency(agency).filter(
        connection__in=began, happened_at__gte=min(began.values()), happened_at__lt=now - PATIENCE
    )
    found: dict[int, list[bool]] = {connection: [] for connection in began}
    rows = leads.order_by("-happened_at").values_list("connection", "remote_id", "happened_at")
    for connection, remote_id, at in rows[:MOST]:
        if at >= began[connection]:
            was_told = (connection, remote_id) in named or is_near(at, nameless[connection])
            found[connection].append(was_told)
    return {pk: Gap(began[pk], sum(each), len(each) - sum(each)) for pk, each in found.items()}


def is_near(moment: datetime, calls: Sequence[datetime]) -> bool:
    """Whether a call that named nobody came soon after a lead: then it may have been about it."""
    first = bisect_left(calls, moment - SKEW)
    return first < len(calls) and calls[first] <= moment + PATIENCE


def wide_gaps(agency: Agency) -> list[tuple[Connection, Gap]]:
    """The agency's connections whose announcements fail."""
    subscriptions = list(_relied_on(agency).filter(connection__removed_at=None))
    connections = {each.connection_id: each.connection for each in subscriptions}
    gaps = _gaps(agency, subscriptions)
    return [(connection, gaps[pk]) for pk, connection in connections.items() if gaps[pk].is_wide]
