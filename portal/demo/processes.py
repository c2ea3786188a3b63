"""The demo's processes: started together, watched together, ended together."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

GRACE = 8.0
"""Seconds that a process gets to end by itself."""


class ProcessDied(RuntimeError):
    """One of the processes ended although nobody asked it to."""


class Processes:
    """Processes in groups of their own, so that whatever they started ends with them; logs lie in `folder`."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.environment = dict(environment)
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.stop()

    def start(self, name: str, *words: str) -> None:
        """Starts `python -m words…` in the background."""
        with (self.folder / f"{name}.log").open("wb") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, "-m", *words],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def run(self, *words: str) -> None:
        """Runs `python words…` to its end. Raises `CalledProcessError` with its output when it fails."""
        subprocess.run(
            [sys.executable, *words],
            env=self.environment,
            check=True,
            capture_output=True,
            stdin=subprocess.DEVNULL,
        )

    def watch(self) -> None:
        """Raises `ProcessDied`, with the end of its log, when a process is gone."""
        for name, process in self.running.items():
            if process.poll() is not None:
                log = (self.folder / f"{name}.log").read_text(errors="replace")[-2000:]
                raise ProcessDied(f"{name} ended with {process.returncode}:\n{log}")

    def wait_for(self, url: str, seconds: float = 20) -> None:
        """Waits until the address answers anything. Raises `ProcessDied` or `TimeoutError`."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            self.watch()
            with suppress(urllib.error.URLError, ConnectionError, TimeoutError):
                urllib.request.urlopen(url, timeout=2).close()  # noqa: S310  # an address of our own
                return
            time.sleep(0.1)
        raise TimeoutError(f"{url} does not answer; the logs are in {self.folder}")

    def stop(self) -> None:
        """Asks every process to end, and after a while makes it, with all that it started."""
        for process in self.running.values():
            process.terminate()
        ends = time.monotonic() + GRACE
        for process in self.running.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, ends - time.monotonic()))
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.running.clear()


def free_port(wanted: int) -> int:
    """The wanted port of loopback, or the next one that nobody listens on."""
    for port in range(wanted, wanted + 200):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError(f"no free port from {wanted} on")
