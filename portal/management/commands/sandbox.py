"""`manage.py sandbox`: the simulated remote systems, in the foreground."""

from __future__ import annotations

import signal
from argparse import ArgumentParser
from pathlib import Path
from threading import Event
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.sandbox import Sandbox

AMOUNTS = ("estates", "contacts", "latency", "clerk")
PORTS = ("port", "http_port", "https_port")
OTHERS = ("host", "seed", "websites")


class Command(BaseCommand):
    help = "Serves the simulated remote systems on loopback until it is interrupted."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="a loopback address (default: 127.0.0.1)")
        parser.add_argument("--port", type=int, default=8801, help="0 takes a free one (default: 8801)")
        parser.add_argument("--estates", type=int, default=240, help="estates in each account (default: 240)")
        parser.add_argument(
            "--contacts", type=int, default=40, help="contacts ready in each account (default: 40)"
        )
        parser.add_argument("--latency", type=float, default=0, help="milliseconds before every answer")
        parser.add_argument(
            "--clerk",
            type=float,
            default=20,
            help="seconds before each step of Ts-Immo's support; 0 lets it answer nobody (default: 20)",
        )
        parser.add_argument(
            "--websites",
            type=Path,
            default=settings.VAR_DIR / "sandbox",
            help="folder for the certificate of the agencies' websites (default: in VAR_DIR)",
        )
        parser.add_argument("--http-port", type=int, default=8880, help="of the websites (default: 8880)")
        parser.add_argument("--https-port", type=int, default=8843, help="of the websites (default: 8843)")
        parser.add_argument(
            "--seed", type=int, default=1, help="another seed draws other estates (default: 1)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if min(options[name] for name in AMOUNTS) < 0:
            raise CommandError("--estates, --contacts, --latency and --clerk must not be negative")
        if not all(0 <= options[name] <= 65_535 for name in PORTS):
            raise CommandError("--port, --http-port and --https-port must be port numbers")
        wanted = {name: options[name] for name in (*PORTS, *AMOUNTS, *OTHERS)}
        stop = Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _setter(stop))
        try:
            box = Sandbox(**wanted)
        except (OSError, ValueError) as error:
            ports = ", ".join(str(options[name]) for name in PORTS)
            raise CommandError(f"The sandbox cannot listen on {options['host']}:{ports}: {error}") from error
        with box:
            self.introduce(box)
            stop.wait()
        self.stdout.write("Sandbox stopped.")

    def introduce(self, box: Sandbox) -> None:
        say = self.stdout.write
        say(f"Sandbox        {box.url}/")
        say(f"Ts-Immo        {box.url}{box.ts_immo.base}")
        for agency in box.ts_immo.accounts.values():
            say(f"               {agency.name}: {agency.key}, {len(agency.stock)} estates")
        say(f"marketing-lab  {box.url}{box.marketing_lab.base}")
        for account in box.marketing_lab.accounts.values():
            say(f"               {account.name}: {account.key}, {len(account.contacts)} contacts")
        say(f"AVIV           {box.aviv.url}, token from {box.aviv.token_url}")
        for holder in box.aviv.accounts.values():
            say(f"               {holder.name}: {holder.token}, {len(holder.leads)} leads")
        for system in (box.seeki, box.seeki_staging):
            say(f"{'Seeki' if system is box.seeki else 'Seeki staging':<14} {box.url}{system.base}")
            for agency_key in system.accounts.values():
                say(f"               {agency_key.name}: {agency_key.key}")
        if box.doors:
            say(f"SITE_ADDRESSES={box.doors.setting()}")
            say(f"SITE_CA_FILE={box.doors.ca_file}")
        self.stdout.flush()


def _setter(stop: Event) -> Any:
    def handler(number: int, frame: FrameType | None) -> None:
        stop.set()

    return handler
