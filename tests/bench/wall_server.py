"""A portal in a process of its own, on one side of the wall: says what so many calls cost.

`python -m tests.bench.wall_server` reads lines of JSON, `[path, headers, status, count]`, and answers each with the
seconds of processor time that it and its database connection took. It ends when its input is closed.
"""

import json
import os
import sys
import time
from pathlib import Path

import django

TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    django.setup()
    from django.db import connection
    from django.test import Client

    connection.ensure_connection()
    client, backend = Client(SERVER_NAME="127.0.0.1"), connection.connection.info.backend_pid
    for line in sys.stdin:
        path, headers, status, count = json.loads(line)
        before = used(backend)
        for _ in range(count):
            answer = client.get(path, headers=headers)
            if answer.status_code != status:
                raise AssertionError(f"{answer.status_code} for {path}")
        print(used(backend) - before, flush=True)


def used(backend: int) -> float:
    fields = Path(f"/proc/{backend}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return time.process_time() + (int(fields[11]) + int(fields[12])) / TICKS


if __name__ == "__main__":
    main()
