"""What waits, counted in the database when it is asked for: numbers only, over all agencies together."""

import time
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from estates.connections.models import Connection
from estates.jobs.models import OPEN, Job, Status
from estates.leads.models import WebhookCall
from estates.syndication.models import Listing
from portal.health.conditions import LOOKS, conditions
from support.models import Delivery, Message

KEPT_FOR = 15.0
"""Seconds for which what was counted is given out again: some tables are large."""

Stage = Listing.Stage


class Waiting(Collector):
    """Gauges of the rows that wait, and of what `/readyz` says."""

    def __init__(self) -> None:
        self._kept: tuple[float, list[Metric]] | None = None

    def collect(self) -> Iterable[Metric]:
        if self._kept is None or self._kept[0] < time.monotonic():
            self._kept = time.monotonic() + KEPT_FOR, list(counted())
        return self._kept[1]


def counted() -> Iterator[Metric]:
    jobs = Job.objects.across_agencies().filter(status__in=OPEN)
    yield grouped("passerelle_jobs", "Open jobs.", jobs, "kind", "status")
    yield waits()
    unheard = WebhookCall.objects.across_agencies().filter(handled_at=None)
    yield grouped("passerelle_webhook_calls_waiting", "Calls of remotes that nobody has heard yet.", unheard)
    listings = Listing.objects.across_agencies().filter(
        stage__in=(Stage.DUE, Stage.SENDING, Stage.PROCESSING)
    )
    yield grouped("passerelle_listings", "Listings on their way to Seeki.", listings, "stage")
    messages = Message.objects.across_agencies().filter(delivery__in=(Delivery.PENDING, Delivery.UNKNOWN))
    yield grouped(
        "passerelle_messages", "Messages that support has not got for certain.", messages, "delivery"
    )
    connections = Connection.objects.across_agencies().filter(removed_at=None)
    yield grouped(
        "passerelle_connections", "Connections by what they last said.", connections, "system", "state"
    )
    yield degraded()


def grouped(name: str, words: str, rows: QuerySet[Any], *labels: str) -> Metric:
    gauge = GaugeMetricFamily(name, words, labels=labels)
    if not labels:
        gauge.add_metric((), rows.count())
        return gauge
    for *values, count in rows.order_by().values_list(*labels).annotate(count=Count("pk")):
        gauge.add_metric([str(value) for value in values], count)
    return gauge


def waits() -> Metric:
    now = timezone.now()
    name, words = "passerelle_job_oldest_due_seconds", "Seconds since which a due job of this kind waits."
    gauge = GaugeMetricFamily(name, words, labels=["kind"])
    due = Q(status__in=(Status.QUEUED, Status.WAITING), not_before__lte=now)
    rows = Job.objects.across_agencies().filter(due).order_by().values_list("kind")
    for kind, since in rows.annotate(since=Min("not_before")):
        gauge.add_metric([kind], (now - since).total_seconds())
    return gauge


def degraded() -> Metric:
    gauge = GaugeMetricFamily("passerelle_degraded", "1 for what /readyz says is degraded.", labels=["what"])
    found = conditions()
    for name in LOOKS:
        gauge.add_metric([name], int(name in found))
    return gauge
