"""Rate limits, alone and shared through a real Redis where there is one."""

import os
import threading
import time
import uuid

import pytest
import redis

from estates.remotes.errors import Throttled
from estates.remotes.limits import LocalLimiter, SharedLimiter, limiter


@pytest.fixture
def shared():
    client = redis.Redis.from_url(os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379/0", socket_timeout=1)
    try:
        client.ping()
    except redis.RedisError:
        pytest.skip("no Redis here")
    name = f"test-{uuid.uuid4()}"
    yield lambda rate, burst=1: SharedLimiter(client, name, rate, burst)
    client.delete(f"passerelle:rate:{name}")
    client.close()


@pytest.fixture(params=["local", "shared"])
def make(request):
    """Makes two limiters that keep one limit: for one process the same, through Redis one per worker."""
    if request.param == "local":
        return lambda rate, burst=1: [LocalLimiter(rate, burst)] * 2
    build = request.getfixturevalue("shared")
    return lambda rate, burst=1: [build(rate, burst), build(rate, burst)]


def test_starts_are_spread(make):
    one, two = make(rate=50)
    began = time.monotonic()
    for turn in [one, two] * 5:
        turn.acquire(timeout=1)
    assert 0.17 < time.monotonic() - began < 2


def test_a_burst_passes_at_once(make):
    one, two = make(rate=2, burst=6)
    began = time.monotonic()
    for turn in [one, two] * 3:
        turn.acquire(timeout=0)
    assert time.monotonic() - began < 2
    with pytest.raises(Throttled) as caught:
        two.acquire(timeout=0.1)
    assert caught.value.wait == 1  # half a second, but nobody is told to wait less than one


def test_who_is_refused_takes_no_turn(make):
    one, two = make(rate=5)
    one.acquire(timeout=0)
    for _ in range(20):
        with pytest.raises(Throttled):
            two.acquire(timeout=0.01)
    began = time.monotonic()
    one.acquire(timeout=0.3)
    assert time.monotonic() - began < 0.3


def test_threads_keep_a_limit_together(make):
    one, two = make(rate=100)
    starts = []

    def work(turn):
        for _ in range(5):
            turn.acquire(timeout=5)
            starts.append(time.monotonic())

    threads = [threading.Thread(target=work, args=(turn,)) for turn in [one, two] * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(starts) == 20
    assert max(starts) - min(starts) > 0.15


def test_without_redis_each_process_keeps_it_alone(caplog):
    nowhere = redis.Redis(port=1, socket_connect_timeout=0.2)
    turn = limiter("alone", rate=1, client=nowhere)
    turn.acquire(timeout=0)
    with pytest.raises(Throttled):
        turn.acquire(timeout=0)
    assert "kept by this process alone" in caplog.text
    nowhere.close()


def test_the_kind_follows_from_the_client():
    assert isinstance(limiter("x", rate=1), LocalLimiter)
    assert isinstance(limiter("x", rate=1, client=redis.Redis()), SharedLimiter)


@pytest.mark.parametrize(("rate", "burst"), [(0, 1), (-1, 1), (1, 0)])
def test_a_limit_must_make_sense(rate, burst):
    with pytest.raises(ValueError, match="rate limit"):
        LocalLimiter(rate, burst)
