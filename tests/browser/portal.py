"""The portal as people meet it: the demo's processes on loopback, and beside them what this process may look into.

The processes and the tests share one embedded set-up: the same folder, keys and database file.
"""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from itertools import count
from pathlib import Path

from PIL import Image

from portal.demo.processes import Processes, free_port
from portal.management.commands import demo
from portal.sandbox import Sandbox

FIRST_PORT = 8100 + 200 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
"""Processes that test beside each other look for their ports apart."""
DOMAINS = 60


def grey_pixel() -> bytes:
    drawn = BytesIO()
    Image.new("L", (1, 1), 221).save(drawn, "PNG")
    return drawn.getvalue()


TILE = grey_pixel()


@dataclass
class Portal:
    """`box` is the simulated remote systems, in this process so that a test can look at what they were told."""

    url: str
    box: Sandbox
    folder: Path
    processes: Processes
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def number(self) -> int:
        """Another one at each call, for names that may exist once."""
        return next(self._numbers)

    @property
    def mails(self) -> Path:
        return self.folder / "mail"


def domain(number: int) -> str:
    """A website's name that the portal knows how to find; numbers below `DOMAINS`."""
    return f"www.agence-{number}.example"


@contextmanager
def running(folder: Path, *, estates: int, contacts: int) -> Iterator[Portal]:
    """The demo with its two agencies, its sandbox in this process, until the end of the `with`."""
    if os.environ.get("DATABASE_URL") or os.environ.get("REDIS_URL"):
        raise RuntimeError("The journeys run on the embedded set-up: unset DATABASE_URL and REDIS_URL.")
    with (
        ending_well(),
        tiles() as map_tiles,
        Sandbox(estates=estates, contacts=contacts, websites=folder / "sandbox") as box,
    ):
        site = free_port(FIRST_PORT)
        told = environment(folder, site, box) | {"MAP_TILE_URL": map_tiles}
        with Processes(folder / "log", told) as processes:
            demo.Command().start(processes, site)
            yield Portal(told["PUBLIC_URL"], box, folder, processes)


@contextmanager
def ending_well() -> Iterator[None]:
    """Being told to end is like Ctrl-C, so that no process stays behind."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def environment(folder: Path, site: int, box: Sandbox) -> dict[str, str]:
    """The demo's, with the addresses of the websites that tests may give their agencies."""
    doors = (box.doors.http.server_port, box.doors.https.server_port)
    told = demo.environment(folder, site, box.server.server_port, doors)
    further = box.doors.setting(domain(number) for number in range(DOMAINS))
    return told | {"SITE_ADDRESSES": f"{told['SITE_ADDRESSES']},{further}"}


@contextmanager
def tiles() -> Iterator[str]:
    """A server of map tiles; the address as the setting has it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Tiles)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/{{z}}/{{x}}/{{y}}.png"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Tiles(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Content-Length", str(len(TILE)))
        self.end_headers()
        self.wfile.write(TILE)

    def log_message(self, *words: object) -> None:
        """Nobody reads it."""
