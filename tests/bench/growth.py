"""What one more agency, estate, lead and visitor costs, for those who plan the machines (README: How it grows).

Prints sizes on disk with their indexes, the processor time of pages (of the web process and of the database apart),
and the memory of processes. It has no goal: it says what runs out first.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from django.conf import settings
from django.db import connection as db
from django.urls import reverse

from accounts.models import Agency
from accounts.partners import keys
from estates.catalogue.models import Estate, EstateChange, EstatePayload
from estates.leads.models import Lead, LeadEvent, LeadPayload, Person
from estates.leads.models.leads import Way
from estates.leads.saving import save
from tests.bench.api import LIST, Contestant, Server, send, serving, used_by
from tests.bench.inbox import BATCH, drafts
from tests.bench.measure import Ratio, scaled, stopwatch
from tests.bench.sync import remote, stored_connection, sync
from tests.bench.wall import logged_in

ESTATES, LEADS, CALLS, ROUNDS = 20_000, 20_000, 200, 3
LEAD_TABLES = (Lead, LeadPayload, LeadEvent, Person)


def run() -> list[Ratio]:
    connection = stored_connection()
    stored(connection, scaled(ESTATES, least=1_000), scaled(LEADS, least=BATCH))
    pages(connection.agency)
    worker()
    return []


def stored(connection, estates: int, leads: int) -> None:
    with remote(estates) as url:
        settings.REMOTE_URLS = settings.REMOTE_URLS | {("ts_immo", "production"): url}
        began = time.process_time()
        with stopwatch(f"{estates:,} estates mirrored"):
            sync(connection, stored=estates)
    spent = (time.process_time() - began) / estates * 1e6
    print(
        f"    an estate: {size(Estate, EstatePayload, EstateChange) / estates / 1024:.1f} kB, {spent:,.0f} µs"
    )
    began = time.process_time()
    with stopwatch(f"{leads:,} leads saved"):
        for number in range(leads // BATCH):
            save(connection, drafts(f"{number}-"), Way.PULL)
    spent = (time.process_time() - began) / leads * 1e6
    print(f"    a lead: {size(*LEAD_TABLES) / leads / 1024:.1f} kB, {spent:,.0f} µs")
    with db.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def size(*models) -> int:
    """Bytes on disk, with indexes and what is stored out of line."""
    with db.cursor() as cursor:
        tables = [model._meta.db_table for model in models]
        cursor.execute(
            "SELECT sum(pg_total_relation_size(name::regclass)) FROM unnest(%s::text[]) name", [tables]
        )
        return int(cursor.fetchone()[0])


def pages(agency: Agency) -> None:
    session = logged_in(agency)
    key = {"Authorization": f"Bearer {keys.make(agency, None, name='x', scopes=['estates:read'])[1]}"}
    asked = {
        "the dashboard": (reverse("dashboard", args=[agency.slug]), session),
        "a page of estates": (reverse("catalogue:search", args=[agency.slug]), session),
        "the inbox": (reverse("leads:index", args=[agency.slug]), session),
        "50 estates by the partner API": (LIST, key),
    }
    with tempfile.TemporaryDirectory(prefix="bench-growth-") as folder, ExitStack() as stack:
        server = stack.enter_context(serving("portal.wsgi", folder, {"LOG_LEVEL": "ERROR"}, 1))
        for name, (path, known) in asked.items():
            one = Contestant(name, server, path, known)
            send(one, 20)
            rounds = [cost(one) for _ in range(ROUNDS)]
            web, database = (statistics.median(spent) * 1000 for spent in zip(*rounds, strict=True))
            print(f"    {name}: {web:.1f} ms of a web process, {database:.1f} ms of the database")
        print(f"    a web process of 8 threads holds {megabytes(children(server.pid)[0])} MB")


def cost(one: Contestant) -> tuple[float, float]:
    """Seconds of processor time of a call, of the web process and of the database."""
    before = used(one.server)
    send(one, scaled(CALLS, least=40))
    return tuple(
        (now - then) / scaled(CALLS, least=40) for now, then in zip(used(one.server), before, strict=True)
    )


def used(server: Server) -> tuple[float, float]:
    with db.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        backends = [row[0] for row in cursor]
    return sum(map(used_by, children(server.pid))), sum(map(used_by, backends))


def worker() -> None:
    """What a worker's process holds before it has done anything."""
    with tempfile.TemporaryDirectory(prefix="bench-growth-") as folder:
        environment = {name: value for name, value in os.environ.items() if name != "REDIS_URL"}
        environment |= {"VAR_DIR": folder, "DATABASE_URL": ""}
        command = [
            sys.executable,
            "-m",
            "celery",
            "--quiet",
            "-A",
            "portal",
            "worker",
            "-c",
            "1",
            "-l",
            "ERROR",
        ]
        with subprocess.Popen([*command, "--without-mingle"], env=environment) as process:
            try:
                until = time.monotonic() + 60
                while not children(process.pid) and time.monotonic() < until:
                    time.sleep(0.2)
                time.sleep(2)
                held = megabytes(process.pid), megabytes(children(process.pid)[0])
            finally:
                process.terminate()
    print(f"    a worker holds {held[0]} MB, and {held[1]} MB for each of its processes")


def children(pid: int) -> list[int]:
    return [
        int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    ]


def megabytes(pid: int) -> int:
    """The memory of a process that is its own; what it shares with others counts in parts."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return round(next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024)
