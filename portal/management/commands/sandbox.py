"""`manage.py sandbox`: the simulated remote systems, in the foreground."""

from __future__ import annotations

import signal
from argparse import ArgumentParser
from threading import Event
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.sandbox import Sandbox


class Command(BaseCommand):
    help = "Serves the simulated remote systems on loopback until it is interrupted."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="a loopback address (default: 127.0.0.1)")
        parser.add_argument("--port", type=int, default=8801, help="0 takes a free one (default: 8801)")
        parser.add_argument("--estates", type=int, default=240, help="estates in each account (default: 240)")
        parser.add_argument("--latency", type=float, default=0, help="milliseconds before every answer")
        parser.add_argument(
            "--seed", type=int, default=1, help="another seed draws other estates (default: 1)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["estates"] < 0 or options["latency"] < 0 or not 0 <= options["port"] <= 65_535:
            raise CommandError("--estates and --latency must not be negative, --port must be a port number")
        wanted = {name: options[name] for name in ("host", "port", "estates", "latency", "seed")}
        stop = Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _setter(stop))
        try:
            box = Sandbox(**wanted)
        except (OSError, ValueError) as error:
            raise CommandError(
                f"The sandbox cannot listen on {options['host']}:{options['port']}: {error}"
            ) from error
        with box:
            self.stdout.write(f"Sandbox    {box.url}/")
            self.stdout.write(f"Ts-Immo    {box.url}{box.ts_immo.base}")
            for account in box.ts_immo.accounts.values():
                self.stdout.write(f"           {account.name}: {account.key}, {len(account.stock)} estates")
            self.stdout.write(f"AVIV       {box.aviv.url}, token from {box.aviv.token_url}")
            for agency in box.aviv.accounts.values():
                self.stdout.write(f"           {agency.name}: {agency.token}, {len(agency.leads)} leads")
            self.stdout.flush()
            stop.wait()
        self.stdout.write("Sandbox stopped.")


def _setter(stop: Event) -> Any:
    def handler(number: int, frame: FrameType | None) -> None:
        stop.set()

    return handler
