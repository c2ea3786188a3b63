"""The partner API's list of 50 estates, with its key and its limit, against a constant WSGI answer of the same bytes.

All run under gunicorn with the same threads and get the same calls over connections that stay open, in rounds that
take turns. Judged is the processor time of a call, of the worker and of the database together: on a machine whose
cores others share, it is what stays the same.
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
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import orjson
from django.db import connection as db
from django.utils import timezone

from accounts.models import Agency, Scope
from accounts.partners import keys
from estates.catalogue.models import Estate, EstatePayload
from estates.connections.models import Connection
from portal.demo.processes import free_port
from tests.bench.measure import Ratio, scaled, stopwatch
from tests.bench.plugins import wait_for

ESTATES, PAYLOAD = 12_000, 560
CALLERS, ROUNDS, CALLS = 4, 5, 1_000
MANY = 64
LIST = "/api/v1/estates?limit=50"


class Server(NamedTuple):
    port: int
    pid: int


class Contestant(NamedTuple):
    """Who is called how, and which status is right."""

    name: str
    server: Server
    path: str
    headers: dict[str, str]
    status: int = 200


def run() -> list[Ratio]:
    agency, token = filled()
    with tempfile.TemporaryDirectory(prefix="bench-api-") as folder, ExitStack() as stack:
        answer = Path(folder, "answer.json")
        environment = {"BENCH_ANSWER": str(answer), "BENCH_AGENCY": str(agency.pk)}
        known = {"Authorization": f"Bearer {token}"}

        def start(application: str, workers: int = 1) -> Server:
            return stack.enter_context(serving(application, folder, environment, workers))

        portal = start("portal.wsgi")
        tag, body = asked(portal, known)
        answer.write_bytes(body)
        constant = start("tests.bench.api_server")
        contestants = [
            Contestant("constant", constant, "/", {}),
            Contestant("list", portal, LIST, known),
            Contestant("unchanged", portal, LIST, known | {"If-None-Match": tag}, 304),
            Contestant("rest", start("tests.bench.api_rest_server"), "/estates", {}),
        ]
        costs = measured(contestants)
        report(costs, len(body))
        crowd(start("portal.wsgi", workers=2), known)
    return [
        Ratio("list of 50 estates : constant WSGI answer", costs["constant"] / costs["list"], 0.15),
        Ratio("list, unchanged (304) : constant", costs["constant"] / costs["unchanged"], 0.2),
        Ratio("list of 50 : REST framework", costs["rest"] / costs["list"], 4),
    ]


def measured(contestants: list[Contestant]) -> dict[str, float]:
    """Seconds of processor time that a call of each costs; the median of the rounds."""
    count = scaled(CALLS, least=200) // CALLERS * CALLERS
    for one in contestants:
        send(one, 40 * CALLERS)
    costs: dict[str, list[float]] = {one.name: [] for one in contestants}
    with stopwatch(f"{count} calls to each, {CALLERS} at once, {ROUNDS} rounds"):
        for _ in range(ROUNDS):
            for one in contestants:
                before = processor_time(one.server)
                send(one, count)
                costs[one.name].append((processor_time(one.server) - before) / count)
    return {name: statistics.median(rounds) for name, rounds in costs.items()}


def report(costs: dict[str, float], size: int) -> None:
    told = ", ".join(f"{name} {cost * 1e6:,.0f} µs" for name, cost in costs.items())
    print(f"    {size:,} bytes; processor time of a call: {told}")


def crowd(server: Server, known: dict[str, str]) -> None:
    """How long a call takes where 64 partners call two processes at once."""
    one = Contestant("crowd", server, LIST, known)
    send(one, 4 * MANY, MANY)
    count = scaled(6_400, least=640) // MANY * MANY
    with stopwatch(f"{count} calls, {MANY} at once, two processes") as took:
        times = send(one, count, MANY)
    p95 = statistics.quantiles(times, n=20)[-1]
    print(f"    p95 {p95 * 1000:.0f} ms, {count / took():,.0f} calls/s")


def processor_time(server: Server) -> float:
    """Seconds that the server's workers and the processes of this database have used."""
    with db.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        backends = [row[0] for row in cursor]
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text(encoding="ascii").split()
    return sum(used_by(int(pid)) for pid in [*children, *backends])


def used_by(pid: int) -> float:
    """Seconds of all its threads; `/proc/PID/stat` counts in hundredths, which are many calls."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text(encoding="ascii").split()[0]) for thread in threads) / 1e9


def asked(server: Server, known: dict[str, str]) -> tuple[str, bytes]:
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    line.request("GET", LIST, headers=known)
    answer = line.getresponse()
    tag, body = answer.headers["ETag"], answer.read()
    line.close()
    if answer.status != 200 or len(orjson.loads(body)["data"]) != 50:
        raise AssertionError(f"{answer.status} {body[:200]!r}")
    return tag, body


def send(one: Contestant, count: int, callers: int = CALLERS) -> list[float]:
    """The seconds that each call took."""
    with ThreadPoolExecutor(callers) as pool:
        parts = [pool.submit(call, one, count // callers) for _ in range(callers)]
        return [took for part in parts for took in part.result()]


def call(one: Contestant, count: int) -> list[float]:
    line, times = http.client.HTTPConnection("127.0.0.1", one.server.port, timeout=60), []
    for _ in range(count):
        began = time.perf_counter()
        line.request("GET", one.path, headers=one.headers)
        answer = line.getresponse()
        answer.read()
        times.append(time.perf_counter() - began)
        if answer.status != one.status:
            raise AssertionError(f"{answer.status} for {one.name}")
    line.close()
    return times


def filled() -> tuple[Agency, str]:
    """An agency with estates, and a key to read them."""
    agency = Agency.objects.create(name="Bench", slug="bench")
    account = Connection.objects.create(agency=agency, system="ts_immo", label="bench")
    now = timezone.now()
    rows = [
        Estate(
            agency=agency,
            connection=account,
            remote_id=f"estate-{number}",
            digest=number.to_bytes(16, "big"),
            reference=f"REF-{number}",
            title=f"Appartement {number}",
            type="apartment",
            offer_type="sale",
            status="available",
            price=100_000 + number,
            currency="EUR",
            surface=30 + number % 100,
            city=f"Ville {number % 300}",
            country="FR",
            images=[f"https://img.example/{number}/{at}.jpg" for at in range(5)],
            created_at=now - timedelta(minutes=number),
            first_seen_at=now,
            changed_at=now,
        )
        for number in range(scaled(ESTATES, least=1_000))
    ]
    made = Estate.objects.across_agencies().bulk_create(rows, batch_size=1_000)
    bodies = [orjson.dumps({"id": row.remote_id, "text": "x" * (PAYLOAD - 40)}).decode() for row in made]
    payloads = [EstatePayload(estate=row, body=body) for row, body in zip(made, bodies, strict=True)]
    EstatePayload.objects.bulk_create(payloads, batch_size=1_000)
    with db.cursor() as cursor:
        cursor.execute("ANALYZE")
    return agency, keys.make(agency, None, name="Bench", scopes=[Scope.ESTATES_READ])[1]


@contextmanager
def serving(application: str, folder: str, more: dict[str, str], workers: int) -> Iterator[Server]:
    """Gunicorn with the demo's threads."""
    port, known = free_port(8950), db.settings_dict
    place = f"{known['HOST']}:{known['PORT'] or 5432}/{known['NAME']}"
    environment = os.environ | {
        "DATABASE_URL": f"postgres://{known['USER'] or 'postgres'}@{place}",
        "API_CALLS_A_MINUTE": "10000000",
        "LOG_LEVEL": "WARNING",  # the constant answer writes no line about a call either
        "API_COUNT_SECONDS": "5",  # as every set-up has it; tests write each call down at once
        "VAR_DIR": folder,
        "COLLECTED_STATIC": "0",
        **more,
    }
    options = ["--no-control-socket", "--workers", str(workers), "--threads", "8"]
    if application == "portal.wsgi":
        options += ["--config", "python:portal.serving"]
    command = [sys.executable, "-m", "gunicorn", "--log-level", "error", *options]
    with subprocess.Popen([*command, "--bind", f"127.0.0.1:{port}", application], env=environment) as process:
        try:
            wait_for(port)
            yield Server(port, process.pid)
        finally:
            process.terminate()
