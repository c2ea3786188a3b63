"""AVIV's calls to the portal against a bare WSGI view that does nothing but the same INSERT, of the same row.

Both run under gunicorn with the same threads and the same driver, on the same database; both get the same calls over
connections that stay open, some at once, in rounds that take turns.
"""

import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection as db
from django.urls import reverse
from django.utils import timezone

from accounts.models import Agency
from estates.connections.models import Connection
from estates.connections.vault import seal
from estates.leads.models import WebhookCall, WebhookKey, WebhookSubscription
from estates.remotes.secret import Secret
from portal.demo.processes import free_port
from tests.bench.measure import Ratio, scaled, stopwatch
from tests.bench.plugins import wait_for

KEY = "webhook-key-of-the-benchmark-0123456789"
BODY = b'{"event": "NEW_LEAD", "leadId": "5a9f7e0c-1b2d-4c3e-8f90-a1b2c3d4e5f6"}'
CALLERS, ROUNDS, CALLS = 4, 7, 2_000
GOAL = 0.6
SLOWEST = 0.05
"""Seconds in which a call is to be answered."""


def run() -> list[Ratio]:
    subscription = subscribed()
    row = subscription.agency_id, subscription.pk
    path = reverse("webhooks:aviv", args=[subscription.opaque])
    count = scaled(CALLS, least=200) // CALLERS * CALLERS
    with (
        tempfile.TemporaryDirectory(prefix="bench-webhook-") as folder,
        server("portal.wsgi", folder, row) as portal,
        server("tests.bench.webhook_server", folder, row) as bare,
    ):
        rates, times = [], []
        send(portal, path, 40 * CALLERS)
        send(bare, path, 40 * CALLERS)
        empty(2 * 40 * CALLERS)
        with stopwatch(f"{count} calls to each, {CALLERS} at once, {ROUNDS} rounds"):
            for _ in range(ROUNDS):
                mine, took = send(portal, path, count)
                times += took
                rates.append((mine, send(bare, path, count)[0]))
                empty(2 * count)
    mine, other = (statistics.median(rate) for rate in zip(*rates, strict=True))
    slow = statistics.quantiles(times, n=100)[98]
    print(f"    {mine:8,.0f} calls/s to the portal, {other:8,.0f} to the bare view; p99 {slow * 1000:.1f} ms")
    return [
        Ratio("webhook : bare WSGI view + INSERT", mine / other, GOAL, detail=f"{mine:,.0f} calls/s"),
        Ratio("webhook, 99th percentile : 50 ms", slow / SLOWEST, 1.0, at_most=True),
    ]


def empty(expected: int) -> None:
    """Makes room: the portal keeps only so many calls that nobody has heard."""
    kept = WebhookCall.objects.across_agencies().delete()[0]
    if kept != expected:
        raise AssertionError(f"{kept} calls were kept of {expected}")


def subscribed() -> WebhookSubscription:
    agency = Agency.objects.create(name="Bench", slug="bench")
    connection = Connection.objects.create(agency=agency, system="aviv", label="bench")
    subscription = WebhookSubscription.objects.create(
        agency=agency,
        connection=connection,
        opaque="bench-0123456789-bench-0123456789-bench-012",
        state="ACTIVE",
        active_since=timezone.now() - timedelta(days=1),
    )
    WebhookKey.objects.create(subscription=subscription, ciphertext=seal(Secret(KEY)))
    return subscription


@contextmanager
def server(application: str, folder: str, row: tuple[int, int]) -> Iterator[int]:
    """Gunicorn with the demo's threads; gives its port."""
    port, known = free_port(8900), db.settings_dict
    place = f"{known['HOST']}:{known['PORT'] or 5432}/{known['NAME']}"
    environment = os.environ | {
        "DATABASE_URL": f"postgres://{known['USER'] or 'postgres'}@{place}",
        "VAR_DIR": folder,
        "COLLECTED_STATIC": "0",
        "BENCH_ROW": ",".join(map(str, row)),
    }
    options = ["--no-control-socket", "--workers", "1", "--threads", "8", "--bind", f"127.0.0.1:{port}"]
    command = [sys.executable, "-m", "gunicorn", "--log-level", "error", *options, application]
    with subprocess.Popen(command, env=environment) as process:
        try:
            wait_for(port)
            yield port
        finally:
            process.terminate()


def send(port: int, path: str, count: int) -> tuple[float, list[float]]:
    """Calls per second, and the seconds that each of them took."""
    began = time.perf_counter()
    with ThreadPoolExecutor(CALLERS) as callers:
        parts = [callers.submit(call, port, path, count // CALLERS) for _ in range(CALLERS)]
        times = [took for part in parts for took in part.result()]
    return count / (time.perf_counter() - began), times


def call(port: int, path: str, count: int) -> list[float]:
    line, times = http.client.HTTPConnection("127.0.0.1", port, timeout=30), []
    headers = {"Content-Type": "application/json", "X-Api-Key": KEY}
    for _ in range(count):
        began = time.perf_counter()
        line.request("POST", path, BODY, headers)
        answer = line.getresponse()
        answer.read()
        times.append(time.perf_counter() - began)
        if answer.status != 200:
            raise AssertionError(f"{answer.status} for {path}")
    line.close()
    return times
