"""The commands of compose.yaml, word by word, on PostgreSQL and Redis with a server's settings: a page and a job."""

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import requests
from cryptography.fernet import Fernet

from portal.demo.processes import free_port
from tests.jobs.drill import Redis
from tests.portal.backup.setups import SERVER, Setup
from tests.portal.server.described import ROOT, container_command

pytestmark = [
    pytest.mark.workers,
    pytest.mark.skipif(
        not (SERVER and os.environ.get("REDIS_URL")), reason="a server has PostgreSQL and Redis"
    ),
]
METRICS_KEY = secrets.token_urlsafe(32)
PROXY = {"Host": "portal.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.7"}
ASK = """
from accounts.models import Agency
from estates.jobs.models import Job
from estates.jobs.start import start
agency, _ = Agency.objects.get_or_create(slug="martin", defaults={"name": "Agence Martin"})
print(start(agency, "support.notify").pk)
"""
TOLD = """
from estates.jobs.models import Job
print(Job.objects.across_agencies().latest("pk").status)
"""


class Server(Setup):
    """The processes of a server, each started as a container starts it."""

    def __init__(self) -> None:
        super().__init__(Fernet.generate_key().decode())
        self.redis, self.port = Redis(), free_port(8420)
        self.running: dict[str, subprocess.Popen] = {}
        for name in ("COLLECTED_STATIC", "API_COUNT_SECONDS", "LOG_LEVEL"):
            self.environment.pop(name, None)
        self.environment |= {
            "REDIS_URL": self.redis.url,
            "PUBLIC_URL": "https://portal.example",
            "TRUSTED_PROXY_COUNT": "1",
            "EMAIL_URL": f"filemail:///{self.folder}/mail",
            "METRICS_KEY": METRICS_KEY,
            "WEB_CONCURRENCY": "2",
            "PYTHONUNBUFFERED": "1",
        }

    def start(self, name: str) -> None:
        program, *words = container_command(name)
        words = [word.replace("0.0.0.0:8000", f"127.0.0.1:{self.port}") for word in words]
        # A container's own temporary folder is this set-up's.
        words = [word.replace("/tmp/", f"{self.folder}/") for word in words]  # noqa: S108
        with (self.folder / f"{name}.out").open("wb") as out, (self.folder / f"{name}.err").open("wb") as err:
            self.running[name] = subprocess.Popen(
                [Path(sys.executable).parent / program, *words],
                cwd=ROOT,
                env=self.environment | {"REMAP_SIGTERM": "SIGQUIT"},
                stdout=out,
                stderr=err,
                start_new_session=True,
            )

    def get(self, path: str, **headers: str) -> requests.Response:
        address = f"http://127.0.0.1:{self.port}{path}"
        return requests.get(address, headers=headers, timeout=30, allow_redirects=False)

    def lines(self, name: str) -> list[dict]:
        """The JSON lines of a process's standard output."""
        text = (self.folder / f"{name}.out").read_text()
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")]

    def end(self) -> None:
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(30)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.redis.stop()
        super().end()


def wait_until(holds, seconds: float = 120) -> None:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        with suppress(requests.ConnectionError):
            if holds():
                return
        time.sleep(0.3)
    raise AssertionError("it did not come to hold in time")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    server = Server()
    try:
        for words in (
            ("collectstatic", "--no-input", "--verbosity", "0"),
            tuple(container_command("migrate")[2:]),
        ):
            ran = server.manage(*words)
            assert ran.returncode == 0, ran.stderr
        checked = server.manage("check", "--deploy", "--fail-level", "WARNING")
        assert checked.returncode == 0, checked.stderr
        for name in ("web", "worker", "beat"):
            server.start(name)
        wait_until(lambda: server.get("/healthz").text == "ok")
        yield server
    finally:
        server.end()


def test_a_page_and_what_it_is_made_of_are_served(server):
    page = server.get("/account/login/", **PROXY)
    assert page.status_code == 200
    style = page.text.partition('href="/static/tabler/css/tabler.min.')[2].partition('"')[0]
    assert style.endswith(".css")
    asset = server.get(f"/static/tabler/css/tabler.min.{style}", **PROXY, **{"Accept-Encoding": "gzip"})
    assert asset.status_code == 200
    assert asset.headers["Content-Encoding"] == "gzip"
    assert "immutable" in asset.headers["Cache-Control"]


def test_without_https_in_front_a_page_leads_there_and_probes_do_not(server):
    assert server.get("/account/login/", Host="portal.example").headers["Location"].startswith("https://")
    assert server.get("/healthz", Host="10.0.0.9").status_code == 200


def test_a_job_is_done_by_the_worker_that_the_timer_tells(server):
    job = int(server.python(ASK))
    wait_until(lambda: server.python(TOLD).strip() == "done")
    wait_until(
        lambda: server.get("/readyz").json() == {"status": "ok", "degraded": {}, "oldest_due_job_seconds": 0}
    )
    (line,) = [line for line in server.lines("worker") if line.get("job") == job]
    assert (line["kind"], line["task"], line["level"]) == ("support.notify", "jobs.work", "INFO")


def test_the_web_process_shows_what_the_worker_counted(server):
    server.python(ASK)
    wait_until(lambda: server.python(TOLD).strip() == "done")
    told = server.get("/metrics", Authorization=f"Bearer {METRICS_KEY}").text
    assert 'passerelle_job_attempts_total{kind="support.notify",outcome="done"}' in told
    assert 'route="account/login/",status="200"' in told
    assert server.get("/metrics").status_code == 401


def test_whatever_is_logged_is_json(server):
    for name, logger in (
        ("web", "portal.requests"),
        ("web", "gunicorn.error"),
        ("worker", "celery.apps.worker"),
    ):
        assert logger in {line["logger"] for line in server.lines(name)}
    plain = [
        line for line in (server.folder / "web.out").read_text().splitlines() if not line.startswith("{")
    ]
    assert plain == []
