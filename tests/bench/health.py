"""How long a worker of two processes needs to look at a thousand sites, each of an agency of its own."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connection as db
from django.utils import timezone

from accounts.models import Agency
from estates.connections.models import Connection
from estates.wordpress.models import HealthLook, Site, SiteHealth
from estates.wordpress.tasks import look_at_due_sites
from tests.bench.measure import Ratio, scaled, stopwatch

SITES, PAUSE, GOAL_SECONDS = 1000, 300, 60
ROOT = Path(__file__).resolve().parents[2]


def run() -> list[Ratio]:
    count = scaled(SITES, least=100)
    domains = [f"s{number}.bench.example" for number in range(count)]
    with tempfile.TemporaryDirectory() as folder, served(folder) as (http, https):
        addresses = [
            f"{scheme}://{domain}=127.0.0.1:{port}"
            for scheme, port in (("http", http), ("https", https))
            for domain in domains
        ]
        with worker(SITE_ADDRESSES=",".join(addresses), SITE_CA_FILE=f"{folder}/ca.pem") as processes:
            store(domains[:processes])
            look_at_all()
            store(domains[processes:])
            with stopwatch(f"{count:,} sites of as many agencies, {PAUSE} ms an answer") as taken:
                look_at_all()
    seen = set(SiteHealth.objects.across_agencies().values_list("verdict", "facts__wordpress").distinct())
    looks = HealthLook.objects.across_agencies().count()
    if seen != {("up", "6.8.3")} or looks != count:
        raise AssertionError(f"{looks} looks at {count} sites found {seen}")
    goal = GOAL_SECONDS * count / SITES
    detail = f"{count / taken():.0f} sites/s"
    return [Ratio(f"{GOAL_SECONDS} s : looks at {SITES:,} sites", goal / taken(), 1.0, detail=detail)]


def store(domains: list[str]) -> None:
    agencies = Agency.objects.bulk_create(
        Agency(name=domain, slug=domain.replace(".", "-")) for domain in domains
    )
    accounts = Connection.objects.across_agencies().bulk_create(
        Connection(agency=agency, system="ts_immo", label="bench") for agency in agencies
    )
    Site.objects.across_agencies().bulk_create(
        Site(agency=account.agency, connection=account, domain=domain, state="active")
        for account, domain in zip(accounts, domains, strict=True)
    )


def look_at_all() -> None:
    """What the timer does once, and then nothing but waiting."""
    look_at_due_sites.apply_async()
    began, sites = time.monotonic(), Site.objects.across_agencies().count()
    while SiteHealth.objects.across_agencies().filter(checked_at__lte=timezone.now()).count() < sites:
        if time.monotonic() - began > 10 * GOAL_SECONDS:
            raise AssertionError("the worker does not get through")
        time.sleep(0.2)


@contextmanager
def served(folder: str) -> Iterator[tuple[int, int]]:
    command = [sys.executable, "-m", "tests.bench.sites_server", folder, str(PAUSE)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        http, https = server.stdout.readline().split()
        yield int(http), int(https)
        server.stdin.close()


@contextmanager
def worker(processes: int = 2, **environment: str) -> Iterator[int]:
    """A real worker on the benchmark's database and broker."""
    database = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{db.settings_dict['NAME']}"))
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "portal",
        "worker",
        "-c",
        str(processes),
        "-l",
        "WARNING",
    ]
    known = {"DATABASE_URL": database, "VAR_DIR": str(settings.VAR_DIR)}
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | known | environment) as running:
        try:
            yield processes
        finally:
            running.terminate()
            running.wait(60)
