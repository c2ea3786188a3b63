"""`manage.py demo`: the portal with its worker, its timer and the sandbox, on this machine, ready to look at."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from argparse import SUPPRESS, ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.scope import across
from portal.demo import people, runs
from portal.demo.processes import ProcessDied, Processes, free_port
from portal.sandbox.websites.authority import CA_NAME

SITE, SANDBOX, HTTP, HTTPS = 8000, 8801, 8880, 8843
"""Ports of the portal, of the simulated remote systems, and of the agencies' simulated websites."""
LATENCY = 300
"""Milliseconds of each remote answer: real ones take their time too, and a progress bar can be seen moving."""


class Command(BaseCommand):
    help = "Starts the portal with two filled agencies on loopback, until Ctrl-C."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="sync once, print what came in, exit 0 or 1")
        parser.add_argument("--estates", type=int, default=900, help="estates of each agency (default: 900)")
        parser.add_argument(
            "--port", type=int, default=SITE, help=f"of the site (default: {SITE}, or the next free)"
        )
        parser.add_argument("--stage", choices=["fill", "report"], help=SUPPRESS)

    @across()
    def handle(self, *args: Any, **options: Any) -> None:
        if options["stage"] == "fill":
            people.fill()
        elif options["stage"] == "report":
            self.report()
        else:
            self.supervise(options)

    def supervise(self, options: dict[str, Any]) -> None:
        signal.signal(signal.SIGTERM, _interrupt)
        folder = settings.VAR_DIR / ("demo-check" if options["check"] else "demo")
        if options["check"]:
            shutil.rmtree(folder, ignore_errors=True)
        site, sandbox = free_port(options["port"]), free_port(SANDBOX)
        doors = (free_port(HTTP), free_port(HTTPS))
        try:
            with Processes(folder / "log", environment(folder, site, sandbox, doors)) as processes:
                self.start_sandbox(processes, sandbox, doors, options["estates"])
                self.start(processes, site)
                if options["check"]:
                    self.sync_once(processes)
                else:
                    self.welcome(site, sandbox, doors[0], folder)
                    while True:
                        processes.watch()
                        time.sleep(0.5)
        except KeyboardInterrupt:
            self.stdout.write("\nStopped.")
        except subprocess.CalledProcessError as error:
            raise CommandError(f"{error}\n{error.stderr.decode(errors='replace')[-2000:]}") from error
        except (ProcessDied, TimeoutError) as error:
            raise CommandError(str(error)) from error

    def start_sandbox(self, processes: Processes, port: int, doors: tuple[int, int], estates: int) -> None:
        """Up before the portal's processes, for whom it writes the authority's certificate."""
        remotes = ("--port", str(port), "--estates", str(estates), "--latency", str(LATENCY))
        http, https = map(str, doors)
        processes.start("sandbox", "manage", "sandbox", *remotes, "--http-port", http, "--https-port", https)
        processes.wait_for(f"http://127.0.0.1:{port}/")
        for change in people.OFFERED_WRONGLY:
            tell(f"http://127.0.0.1:{port}/__sandbox/plugins", change)

    def start(self, processes: Processes, site: int) -> None:
        processes.run("manage.py", "migrate", "--verbosity", "0")
        web = ("--workers", "1", "--threads", "8", "--bind", f"127.0.0.1:{site}", "portal.wsgi")
        processes.start("site", "gunicorn", "--no-control-socket", *web)
        processes.start(
            "worker", "celery", "-A", "portal", "worker", "--concurrency", "3", "--loglevel", "WARNING"
        )
        processes.start("timer", "celery", "-A", "portal", "beat", "--pidfile", "", "--loglevel", "WARNING")
        processes.run("manage.py", "demo", "--stage", "fill")
        processes.wait_for(f"http://127.0.0.1:{site}/account/login/")

    def welcome(self, site: int, sandbox: int, http: int, folder: Path) -> None:
        say = self.stdout.write
        say(self.style.SUCCESS(f"\nPasserelle    http://127.0.0.1:{site}/"))
        say(
            f"Sandbox       http://127.0.0.1:{sandbox}/   (what the remote systems received; a dial for their faults)"
        )
        say(f"Website       http://{people.SITES[0][0]}.localhost:{http}/   (of the first agency)")
        say(f"Mail          {folder / 'mail'}\nLogs          {folder / 'log'}\n")
        for agency in people.AGENCIES:
            say(agency.name)
            for role, (_, email) in agency.people.items():
                say(f"  {role:<10}{email}")
        say(
            f"Operator\n  admin     {people.OPERATOR}\n\nPassword      {people.PASSWORD}\n\nCtrl-C ends everything."
        )
        self.stdout.flush()

    def sync_once(self, processes: Processes) -> None:
        ended = subprocess.run(
            [sys.executable, "manage.py", "demo", "--stage", "report"], env=processes.environment, check=False
        )
        if ended.returncode:
            raise CommandError("The first sync did not bring in what it should have.")

    def report(self) -> None:
        in_time = runs.wait_for_syncs()
        table = [runs.COLUMNS, *runs.rows()]
        widths = [max(len(row[column]) for row in table) for column in range(len(runs.COLUMNS))]
        for row in table:
            self.stdout.write(
                "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            )
        if not in_time or not runs.all_is_well():
            raise CommandError("not everything came in")


def tell(address: str, fields: dict[str, str]) -> None:
    """Posts the fields to the sandbox that was just started."""
    headers = {"Content-Type": "application/json"}
    asked = urllib.request.Request(address, json.dumps(fields).encode(), headers)  # noqa: S310  # our own address
    urllib.request.urlopen(asked, timeout=10).close()  # noqa: S310


def environment(folder: Path, site: int, sandbox: int, doors: tuple[int, int]) -> dict[str, str]:
    """The demo is the embedded set-up in a folder of its own, whatever database this shell points at."""
    inherited = {
        name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")
    }
    return inherited | {
        "VAR_DIR": str(folder),
        "PUBLIC_URL": f"http://127.0.0.1:{site}",
        "TS_IMMO_URL": f"http://127.0.0.1:{sandbox}/ts-immo/v1",
        "MARKETING_LAB_URL": f"http://127.0.0.1:{sandbox}/marketing-lab/api/v1",
        "AVIV_URL": f"http://127.0.0.1:{sandbox}/aviv/seeker-leads/v1",
        "AVIV_SANDBOX_URL": f"http://127.0.0.1:{sandbox}/aviv/sandbox/seeker-leads/v1",
        "AVIV_TOKEN_URL": f"http://127.0.0.1:{sandbox}/aviv/oauth/token",
        "SEEKI_URL": f"http://127.0.0.1:{sandbox}/seeki/v1",
        "SEEKI_STAGING_URL": f"http://127.0.0.1:{sandbox}/seeki-staging/v1",
        # Pictures of the simulated Ts-Immo lie on loopback, where nothing else is asked for.
        "SITE_ADDRESSES": f"http://127.0.0.1:{sandbox}=127.0.0.1:{sandbox},"
        + ",".join(
            f"{scheme}://{domain}=127.0.0.1:{port}"
            for domain, _ in people.SITES
            for scheme, port in zip(("http", "https"), doors, strict=True)
        ),
        "SITE_CA_FILE": str(folder / "sandbox" / CA_NAME),
        "EMAIL_URL": f"filemail:///{folder / 'mail'}",
        "CATALOGUE_FETCHES": "2",
        "PYTHONUNBUFFERED": "1",
    }


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
