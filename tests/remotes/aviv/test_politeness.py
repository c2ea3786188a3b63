"""AVIV's rule, ten at once and ten starts in 200 ms, against a sandbox that counts every break of it."""

import os
import subprocess
import sys
import threading
import uuid
from pathlib import Path

import pytest
import redis

from estates.remotes.errors import Throttled
from estates.remotes.limits import limiter
from estates.remotes.slots import slots

ROOT = Path(__file__).parents[3]
WORKER = """
import sys, threading
from datetime import UTC, datetime, timedelta
import redis
from estates.remotes.aviv import AvivClient
from estates.remotes.slots import slots

url, token, redis_url, name = sys.argv[1:]
limit = slots(name, 10, 0.2, redis.Redis.from_url(redis_url))
client = AvivClient(url, token, limiter=limit)
until = datetime.now(UTC)

def read():
    for _ in range(5):
        client.leads(until - timedelta(days=7), until)

threads = [threading.Thread(target=read) for _ in range(6)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def hurry(client, week, threads=24, times=3):
    """That many threads, all at once; how often the remote or our own limit said no."""
    refused = []

    def read():
        for _ in range(times):
            try:
                client.leads(*week)
            except Throttled as error:
                refused.append(error)

    running = [threading.Thread(target=read) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return len(refused)


@pytest.mark.parametrize("latency", [0, 0.06])
def test_threads_in_a_hurry_break_no_rule(connect, box, martin, week, latency):
    martin.add_leads(3)
    box.latency = latency
    assert hurry(connect(martin, pool_size=24), week) == 0
    assert box.aviv.manners.violations == 0
    assert len(box.received) == 72


def test_without_a_limit_they_break_it(connect, box, martin, week):
    assert hurry(connect(martin, pool_size=24, limiter=None), week) == box.aviv.manners.violations > 0


def test_a_pace_alone_breaks_it(connect, box, martin, week):
    """Fifty starts a second and ten at once are more than ten in some 200 ms, and know nothing of calls at once."""
    hurry(connect(martin, pool_size=24, limiter=limiter("x", rate=50, burst=10)), week)
    assert box.aviv.manners.violations > 0


def test_processes_keep_the_rule_together(box, martin):
    redis_url = os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379/0"
    with redis.Redis.from_url(redis_url) as shared:
        try:
            shared.ping()
        except redis.RedisError:
            pytest.skip("no Redis here")
    martin.add_leads(3)
    command = [sys.executable, "-c", WORKER, box.aviv.url, martin.token, redis_url, f"test-{uuid.uuid4()}"]
    workers = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE) for _ in range(3)]
    for worker in workers:
        _, complaint = worker.communicate(timeout=60)
        assert (worker.returncode, complaint) == (0, b"")
    assert len(box.received) == 90
    assert box.aviv.manners.violations == 0


def test_each_with_a_limit_of_its_own_they_break_it(connect, box, martin, week):
    clients = [connect(martin, limiter=slots(str(n), 10, 0.2)) for n in range(3)]
    running = [threading.Thread(target=hurry, args=(client, week, 8, 2)) for client in clients]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    assert box.aviv.manners.violations > 0


def test_tokens_have_a_host_of_their_own(connect, box, martin, week):
    for _ in range(12):
        connect(martin, credentials=True)._bearer.fresh(5)
    assert box.aviv.manners.most_starts == 0
