"""The two servers behind a real WordPress: MariaDB on a socket of its own, and PHP's own web server."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.wordpress.real.packages import tool

PATIENCE = 30.0
GRACE = 10.0


@contextmanager
def running(
    words: list[str], log: Path, ready: Callable[[], bool], environment: Mapping[str, str] | None = None
) -> Iterator[None]:
    """A server with all that it starts, from when it is ready. Raises `RuntimeError` with its log's end."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
        )
    try:
        ends = time.monotonic() + PATIENCE
        while not ready():
            if process.poll() is not None or time.monotonic() > ends:
                raise RuntimeError(f"{words[0]} did not start:\n{log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.05)
        yield
    finally:
        end(process)


def end(process: subprocess.Popen) -> None:
    """Asks first; then kills the group, because PHP's web server leaves its workers behind."""
    process.terminate()
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return  # nothing was left


@contextmanager
def database(folder: Path, socket_path: Path) -> Iterator[None]:
    """An empty MariaDB in the folder, reachable by the socket alone, as the user who runs the tests."""
    data = folder / "mariadb"
    who = ["--user=root"] if os.geteuid() == 0 else []
    subprocess.run(
        [tool("mariadb-install-db"), "--no-defaults", f"--datadir={data}", "--skip-test-db",
         "--auth-root-authentication-method=normal", *who],
        check=True,
        capture_output=True,
    )  # fmt: skip
    words = [
        tool("mariadbd"), "--no-defaults", f"--datadir={data}", f"--socket={socket_path}",
        f"--pid-file={folder / 'mariadb.pid'}", "--skip-networking", "--skip-name-resolve", "--skip-log-bin",
        "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=32M", *who,
    ]  # fmt: skip
    with running(words, folder / "mariadb.log", lambda: answers(socket.AF_UNIX, str(socket_path))):
        yield


@contextmanager
def web_server(folder: Path, tree: Path, router: Path, port: int) -> Iterator[None]:
    """Several workers, because WordPress also calls itself."""
    words = ["php", "-S", f"127.0.0.1:{port}", "-t", str(tree), str(router)]
    ready = lambda: answers(socket.AF_INET, ("127.0.0.1", port))  # noqa: E731
    with running(words, folder / "php.log", ready, {"PHP_CLI_SERVER_WORKERS": "4"}):
        yield


def answers(family: socket.AddressFamily, address: object) -> bool:
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        return probe.connect_ex(address) == 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
