"""Downloading a plugin from the portal, logged in and with its entry in the trail, against a static server.

Both run under gunicorn with the same threads and hand the same file to the kernel (sendfile); both get the same
requests over connections that stay open. The static one, WhiteNoise, knows nobody and writes nothing down.

What a download costs the portal beside its bytes is the same for every size: a session, a membership, an entry of
the trail. The goal is therefore judged as a person meets it, one download on a line of 1 Gbit/s; the details say
what remains of it where the line is the machine's own memory, which no person has.
"""

import http.client
import os
import random
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection as db
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Agency, AuditEntry, Membership, User
from accounts.roles import Role
from estates.connections.models import Connection
from estates.wordpress.models import PluginFile, Site, SitePlugin
from portal.demo.processes import free_port
from tests.bench.measure import Ratio, scaled, stopwatch

SIZES = {
    "tiny, 20 kB": 20_000,
    "small, 1 MB": 1_000_000,
    "usual, 5 MB": 5_000_000,
    "large, 20 MB": 20_000_000,
}
JUDGED = "usual, 5 MB"
LINE = 125_000_000
"""Bytes per second of 1 Gbit/s."""
READERS = 4
ROUNDS = 5
GOAL = 0.7


def run() -> list[Ratio]:
    with tempfile.TemporaryDirectory(prefix="bench-plugins-") as folder:
        settings.MEDIA_ROOT = str(Path(folder, "media"))
        person = User.objects.create_user("bench@passerelle.example", name="Bench", language="en")
        plugins = {name: stored(person, size, folder) for name, size in SIZES.items()}
        cookie = logged_in(person)
        with server("portal.wsgi", folder) as portal, server("tests.bench.plugins_server", folder) as static:
            on_a_line = compare(f"{JUDGED}, 1 Gbit/s", plugins[JUDGED], portal, static, cookie, pace=LINE)
            unbounded = {
                name: compare(name, plugin, portal, static, cookie) for name, plugin in plugins.items()
            }
    others = ", ".join(f"{name}: {ratio:.2f}" for name, ratio in unbounded.items())
    detail = f"{JUDGED} at 1 Gbit/s; without a line: {others}"
    return [Ratio("plugin download : static server", on_a_line, GOAL, detail=detail)]


def stored(person: User, size: int, folder: str) -> SitePlugin:
    """A plugin that is ready, and the same bytes where the static server finds them, by the plugin's id."""
    agency, made = Agency.objects.get_or_create(name="Bench", slug="bench")
    if made:
        Membership.objects.create(agency=agency, user=person, role=Role.AGENT)
        connection = Connection.objects.create(agency=agency, system="ts_immo", label="bench")
        Site.objects.create(agency=agency, connection=connection, domain="www.bench.example")
    body, now = random.Random(size).randbytes(size), timezone.now()
    file = PluginFile.objects.create(
        plugin=str(size),
        version="1",
        sha256=secrets.token_hex(32),
        state=PluginFile.State.READY,
        size=size,
        stored_as=default_storage.save(f"plugins/{size}.zip", ContentFile(body)),
        listed_at=now,
    )
    plugin = SitePlugin.objects.create(
        agency=agency,
        site=Site.objects.for_agency(agency).get(),
        remote_id=str(size),
        name=str(size),
        version="1",
        file=file,
        first_seen=now,
        listed_at=now,
    )
    Path(folder, "static").mkdir(exist_ok=True)
    Path(folder, "static", f"{plugin.pk}.zip").write_bytes(body)
    return plugin


def logged_in(person: User) -> str:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return f"sessionid={client.cookies['sessionid'].value}"


@contextmanager
def server(application: str, folder: str) -> Iterator[int]:
    """Gunicorn with one worker for each core of the test machine and the demo's threads; gives its port."""
    port = free_port(8900)
    known = db.settings_dict
    url = f"postgres://{known['USER'] or 'postgres'}@{known['HOST']}:{known['PORT'] or 5432}/{known['NAME']}"
    environment = os.environ | {
        "DATABASE_URL": url,
        "BENCH_FILES": str(Path(folder, "static")),
        "VAR_DIR": folder,
        "COLLECTED_STATIC": "0",
    }
    options = ["--no-control-socket", "--workers", "1", "--threads", "8", "--bind", f"127.0.0.1:{port}"]
    command = [sys.executable, "-m", "gunicorn", "--log-level", "error", *options, application]
    with subprocess.Popen(command, env=environment) as process:
        try:
            wait_for(port)
            yield port
        finally:
            process.terminate()


def wait_for(port: int) -> None:
    for _ in range(200):
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=5).connect()
            return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(f"nothing answers on {port}")


def compare(name: str, plugin: SitePlugin, portal: int, static: int, cookie: str, pace: int = 0) -> float:
    """The portal's bytes per second against the static server's, in rounds that take turns."""
    size = plugin.file.size if plugin.file else 0
    ours = reverse("wordpress:download_plugin", args=["bench", plugin.site_id, plugin.pk])
    theirs = f"/{plugin.pk}.zip"
    count = scaled(max(60, min(600, 800_000_000 // size)), least=20) // READERS * READERS
    before = AuditEntry.objects.across_agencies().count()
    fetch(portal, ours, size, 8, cookie)
    fetch(static, theirs, size, 8)
    rates = []
    at_once = "one by one" if pace else f"{READERS} at once"
    with stopwatch(f"{name}, {count} times from each, {at_once}, {ROUNDS} rounds"):
        for _ in range(ROUNDS):
            mine = fetch(portal, ours, size, count, cookie, pace)
            rates.append((mine, fetch(static, theirs, size, count, "", pace)))
    if AuditEntry.objects.across_agencies().count() - before != ROUNDS * count + 8:
        raise AssertionError("a download is missing from the audit trail")
    mine, other = (statistics.median(rate) for rate in zip(*rates, strict=True))
    print(f"    {mine:8,.0f} MB/s from the portal, {other:8,.0f} MB/s from the static server")
    return mine / other


def fetch(port: int, path: str, size: int, count: int, cookie: str = "", pace: int = 0) -> float:
    """Megabytes per second of `count` downloads by some at once, each on a line of `pace` bytes per second."""
    began = time.perf_counter()
    at_once = 1 if pace else READERS
    with ThreadPoolExecutor(at_once) as readers:
        for done in [
            readers.submit(read, port, path, size, count // at_once, cookie, pace) for _ in range(at_once)
        ]:
            done.result()
    return size * count / (time.perf_counter() - began) / 1_000_000


def read(port: int, path: str, size: int, count: int, cookie: str, pace: int) -> None:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    buffer = memoryview(bytearray(1 << 18))
    for _ in range(count):
        line.request("GET", path, headers={"Cookie": cookie} if cookie else {})
        answer, got = line.getresponse(), 0
        began = time.perf_counter()
        while more := answer.readinto(buffer):
            got += more
            if pace and (ahead := began + got / pace - time.perf_counter()) > 0:
                time.sleep(ahead)
        if answer.status != 200 or got != size:
            raise AssertionError(f"{answer.status} with {got} bytes for {path}")
    line.close()
