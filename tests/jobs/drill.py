"""Real workers under fire, in a process of their own: `python -m tests.jobs.drill SCENARIO` prints JSON.

The set-up is the one in force: SQLite and the filesystem transport, or PostgreSQL and a Redis server that the drill
starts for itself, because it kills and freezes it.
"""

import json
import os
import random
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parents[2]
LEASE = 3


class Redis:
    """A Redis server of the drill's own, without anything on disk."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        binary = shutil.which("redis-server")
        assert binary, "redis-server is not installed"
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen([binary, *options], stdout=subprocess.DEVNULL)
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise RuntimeError("redis-server does not answer")

    def stop(self) -> None:
        self.process.send_signal(signal.SIGCONT)
        self.process.kill()
        self.process.wait()

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)


class Setup:
    """A throw-away database and broker, and the workers on them, which load `modules` too."""

    def __init__(self, modules: tuple[str, ...] = ("tests.jobs.kinds",)) -> None:
        self.modules = modules
        self.folder = tempfile.mkdtemp(prefix="passerelle-drill-")
        os.environ.update(
            VAR_DIR=self.folder, JOB_LEASE_SECONDS=str(LEASE), LOG_LEVEL="WARNING", TMPDIR=self.folder
        )
        os.environ.setdefault("SECRET_KEY", secrets.token_hex(32))
        os.environ.setdefault("VAULT_KEYS", "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk=")
        self.server = os.environ.get("DATABASE_URL", "")
        self.redis = Redis() if os.environ.get("REDIS_URL") else None
        if self.redis:
            os.environ["REDIS_URL"] = self.redis.url
        if self.server:
            self.name = f"drill_{secrets.token_hex(4)}"
            self._sql(f"CREATE DATABASE {self.name}")
            os.environ["DATABASE_URL"] = urlunsplit(urlsplit(self.server)._replace(path=f"/{self.name}"))
        os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
        import django

        django.setup()
        from django.core.management import call_command

        import tests.jobs.kinds  # noqa: F401
        from accounts.scope import enter_across

        call_command("migrate", verbosity=0)
        enter_across()
        self.workers: list[subprocess.Popen[bytes]] = []
        self.beat = self._celery("beat", "--pidfile", "")

    def _sql(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(statement)

    def _celery(self, *words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "celery", "-A", "portal", *words, "-l", "WARNING"]
        log = (Path(self.folder) / "celery.log").open("ab")
        return subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)

    def start_worker(self, processes: int = 3) -> None:
        name = f"w{len(self.workers)}-{secrets.token_hex(2)}@drill"
        loaded = ("-I", ",".join(self.modules)) if self.modules else ()
        self.workers.append(
            self._celery("worker", "-c", str(processes), "-n", name, *loaded, "--without-mingle")
        )

    def supervise(self) -> None:
        """Starts a worker that ended by itself again, as whatever runs it on a server does: Celery's gives up when
        one of its processes dies before all are ready.
        """
        if self.workers[-1].poll() is not None:
            self.start_worker()

    def kill_worker(self) -> None:
        """Kill -9 of a whole worker, or of one of its processes, then a new one in its place."""
        self.supervise()
        worker, children = self.workers[-1], self.children()
        if children and random.random() < 0.5:
            os.kill(random.choice(children), signal.SIGKILL)
            return
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        self.start_worker()

    def children(self) -> list[int]:
        """The processes of the worker that was started last."""
        pid = self.workers[-1].pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def end(self) -> None:
        from django.db import connections

        for process in (*self.workers, self.beat):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        if self.redis:
            self.redis.stop()
        connections.close_all()
        if self.server:
            self._sql(f"DROP DATABASE {self.name} WITH (FORCE)")
        shutil.rmtree(self.folder)


def new_agency(slug: str):
    from accounts.models import Agency

    return Agency.objects.create(name=slug, slug=slug)


def ask(agency, number: int, kind: str = "test.steps", **params):
    from estates.jobs.start import start

    params = {"steps": 1, "seconds": 0.02, **params}
    return start(agency, kind, title=f"{agency.slug}-{number}", params=params)


def wait_until_ended(seconds: float, meanwhile=lambda: None) -> None:
    from estates.jobs.models import OPEN, Job

    ends = time.monotonic() + seconds
    while time.monotonic() < ends and Job.objects.across_agencies().filter(status__in=OPEN).exists():
        meanwhile()
        time.sleep(0.1)


def change(rows, **fields) -> None:
    """Job by job, as workers hold them: one statement over many of them may lock them crosswise."""
    for pk in rows.values_list("pk", flat=True):
        rows.filter(pk=pk).update(**fields)


def result(expected: set[str]) -> dict[str, object]:
    """Statuses, and by how much the effects differ from one of each that was expected."""
    from accounts.models import AuditEntry
    from estates.jobs.models import Job

    effects = Counter(
        AuditEntry.objects.across_agencies().filter(action="test.effect").values_list("subject", flat=True)
    )
    return {
        "statuses": dict(Counter(Job.objects.across_agencies().values_list("status", flat=True))),
        "lost": sorted(expected - effects.keys()),
        "doubled": sorted(subject for subject, times in effects.items() if times > 1),
        "effects": len(effects),
    }


def kills(setup: Setup) -> dict[str, object]:
    """300 jobs of uneven length while workers die at random moments."""
    agencies = [new_agency(f"a{n}") for n in range(6)]
    expected = set()
    for number in range(300):
        agency, steps = agencies[number % 6], random.choice([1, 1, 2, 3, 6])
        ask(
            agency,
            number,
            steps=steps,
            seconds=random.choice([0.01, 0.03, 0.1]),
            pause_after=random.choice([None, 1]),
        )
        expected |= {f"{agency.slug}-{number}/{step}" for step in range(steps)}
    setup.start_worker()
    killed, next_kill = 0, time.monotonic() + 4

    def shoot() -> None:
        nonlocal killed, next_kill
        setup.supervise()
        if killed < 10 and time.monotonic() > next_kill:
            setup.kill_worker()
            killed, next_kill = killed + 1, time.monotonic() + random.uniform(0.5, 3)

    wait_until_ended(200, shoot)
    return {**result(expected), "killed": killed}


def idle(setup: Setup) -> dict[str, object]:
    """Every process of a worker is killed while it waits for work; then there is some."""
    agency = new_agency("idle")
    setup.start_worker()
    ask(agency, 0)
    wait_until_ended(30)
    # Between two announcements of the timer nobody works.
    time.sleep(0.2)
    killed = setup.children()
    for child in killed:
        os.kill(child, signal.SIGKILL)
    for number in range(1, 20):
        ask(agency, number)
    wait_until_ended(60)
    return {**result({f"idle-{number}/0" for number in range(20)}), "killed": len(killed)}


def fairness(setup: Setup) -> dict[str, object]:
    """600 jobs of one agency, then one of another: how long that one waits, in seconds."""
    busy, other = new_agency("busy"), new_agency("other")
    for number in range(600):
        ask(busy, number)
    setup.start_worker()
    from estates.jobs.models import Job, Status

    while not Job.objects.for_agency(busy).filter(status=Status.DONE).count() > 20:
        time.sleep(0.1)
    waits = []
    for number in range(5):
        job = ask(other, number)
        while not job.started_at:
            time.sleep(0.01)
            job.refresh_from_db()
        waits.append((job.started_at - job.created_at).total_seconds())
    left = Job.objects.for_agency(busy).filter(status=Status.QUEUED).count()
    return {"waits": waits, "busy_left": left}


def poison(setup: Setup) -> dict[str, object]:
    """A job that kills its worker beside 20 that do not."""
    agency = new_agency("poisoned")
    killer = ask(agency, 99, "test.kills")
    for number in range(20):
        ask(agency, number)
    setup.start_worker()
    wait_until_ended(90)
    killer.refresh_from_db()
    expected = {f"poisoned-{number}/0" for number in range(20)}
    return {**result(expected), "killer": [killer.status, killer.crashes, killer.error_kind]}


def restart(setup: Setup) -> dict[str, object]:
    """Redis is killed, with all that it holds, and started again while jobs run."""
    assert setup.redis
    agencies = [new_agency(f"r{n}") for n in range(4)]
    for number in range(120):
        ask(agencies[number % 4], number, steps=2, seconds=0.05)
    setup.start_worker()
    time.sleep(5)
    setup.redis.stop()
    time.sleep(2)
    setup.redis.start()
    alive_after = setup.workers[-1].poll() is None
    wait_until_ended(120)
    expected = {f"r{number % 4}-{number}/{step}" for number in range(120) for step in range(2)}
    return {**result(expected), "alive": alive_after and setup.workers[-1].poll() is None}


def frozen(setup: Setup) -> dict[str, object]:
    """Seconds that requests take that start a job while Redis answers nothing."""
    from django.test import Client

    from accounts.models import Membership, User
    from accounts.roles import Role
    from estates.jobs.models import Job, Status

    assert setup.redis
    agency = new_agency("frozen")
    user = User.objects.create_user("agent@frozen.example")
    Membership.objects.create(agency=agency, user=user, role=Role.AGENT)
    browser = Client(SERVER_NAME="127.0.0.1")
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    jobs = [ask(agency, number) for number in range(6)]
    Job.objects.for_agency(agency).update(status=Status.FAILED)
    setup.redis.freeze()
    took, answers = [], []
    for job in jobs:
        begun = time.monotonic()
        answers.append(browser.post(f"/agencies/frozen/jobs/{job.pk}/try-again/").status_code)
        took.append(time.monotonic() - begun)
    setup.redis.thaw()
    queued = Job.objects.for_agency(agency).filter(status=Status.QUEUED).count()
    setup.start_worker()
    wait_until_ended(60)
    done = Job.objects.for_agency(agency).filter(status=Status.DONE).count()
    # The first request of a process also imports the pages.
    return {"took": took[1:], "answers": answers, "queued": queued, "done": done}


SCENARIOS = {scenario.__name__: scenario for scenario in (kills, idle, fairness, poison, restart, frozen)}

if __name__ == "__main__":
    drill = Setup()
    try:
        print(json.dumps(SCENARIOS[sys.argv[1]](drill)))
    finally:
        drill.end()
