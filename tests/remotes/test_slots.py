"""Limits on calls at once, alone and shared through a real Redis where there is one."""

import os
import threading
import time
import uuid
from itertools import pairwise

import pytest
import redis

from estates.remotes import slots as module
from estates.remotes.errors import Throttled
from estates.remotes.limits import limiter
from estates.remotes.slots import LocalSlots, SharedSlots, slots


@pytest.fixture
def client():
    client = redis.Redis.from_url(os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379/0", socket_timeout=1)
    try:
        client.ping()
    except redis.RedisError:
        pytest.skip("no Redis here")
    yield client
    client.close()


@pytest.fixture
def shared(client):
    name = f"test-{uuid.uuid4()}"
    yield lambda places, rest: SharedSlots(client, name, places, rest)
    client.delete(f"passerelle:slots:{name}")


@pytest.fixture(params=["local", "shared"])
def make(request):
    """Makes two limits that are kept together: for one process the same, through Redis one per worker."""
    if request.param == "local":
        return lambda places, rest: [LocalSlots(places, rest)] * 2
    build = request.getfixturevalue("shared")
    return lambda places, rest: [build(places, rest), build(places, rest)]


class Watch:
    """What calls do at the same time: the most at once, and when they started and ended."""

    def __init__(self):
        self.lock = threading.Lock()
        self.now = self.most = 0
        self.starts, self.ends = [], []

    def call(self, limit, seconds=0.0):
        with limit.turn(timeout=10):
            with self.lock:
                self.starts.append(time.monotonic())
                self.now += 1
                self.most = max(self.most, self.now)
            time.sleep(seconds)
            with self.lock:
                self.now -= 1
                self.ends.append(time.monotonic())


def in_threads(work, limits, threads, times=1):
    def repeat(limit):
        for _ in range(times):
            work(limit)

    running = [threading.Thread(target=repeat, args=(limits[n % 2],)) for n in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()


def test_no_more_calls_at_once_than_places(make):
    watch = Watch()
    in_threads(lambda limit: watch.call(limit, 0.05), make(3, 0), threads=12)
    assert len(watch.starts) == 12
    assert watch.most == 3


def test_no_more_starts_in_any_rest_than_places(make):
    watch = Watch()
    in_threads(watch.call, make(4, 0.15), threads=8, times=2)
    starts = sorted(watch.starts)
    assert len(starts) == 16
    assert all(later - earlier >= 0.149 for earlier, later in zip(starts, starts[4:], strict=False))


def test_a_place_rests_from_the_end_of_its_call(make):
    one, two = make(1, 0.15)
    watch = Watch()
    watch.call(one, 0.1)
    watch.call(two)
    assert watch.starts[1] - watch.ends[0] >= 0.149


def test_a_turn_costs_no_time_while_there_are_places(make):
    one, two = make(10, 5)
    began = time.monotonic()
    for limit in [one, two] * 5:
        with limit.turn(timeout=0):
            pass
    assert time.monotonic() - began < 3


def test_who_gets_no_turn_in_time_takes_none(make):
    one, two = make(1, 0)
    with one.turn(timeout=0):
        began = time.monotonic()
        for _ in range(3):
            with pytest.raises(Throttled, match="leaves no turn"), two.turn(timeout=0.05):
                pass
        assert 0.1 < time.monotonic() - began < 1.9
    with two.turn(timeout=0):
        pass


def test_an_error_gives_the_place_back(make):
    one, two = make(1, 0)
    with pytest.raises(RuntimeError), one.turn(timeout=0):
        raise RuntimeError
    with two.turn(timeout=0):
        pass


def test_those_who_wait_are_served_as_places_come_free(make):
    watch = Watch()
    in_threads(lambda limit: watch.call(limit, 0.02), make(1, 0), threads=4)
    assert all(later >= earlier for earlier, later in pairwise(sorted(watch.starts)))
    assert max(watch.starts) - min(watch.starts) < 1


def test_what_a_dead_worker_held_comes_free(shared, monkeypatch):
    monkeypatch.setattr(module, "LEASE_MARGIN", 0.2)
    held = shared(1, 0)._shared(timeout=0)
    assert held is not None
    began = time.monotonic()
    with shared(1, 0).turn(timeout=2):
        assert 0.1 < time.monotonic() - began < 1.9


def test_a_lease_that_ended_takes_no_second_place_when_its_call_ends(shared, monkeypatch):
    monkeypatch.setattr(module, "LEASE_MARGIN", 0.05)
    limit = shared(1, 60)
    with limit.turn(timeout=0):
        time.sleep(0.1)
    with limit.turn(timeout=0):
        pass


def test_nothing_is_left_in_redis(client, shared):
    limit = shared(2, 0.05)
    with limit.turn(timeout=0):
        assert client.pttl(limit._name) > 0
    time.sleep(0.1)
    with limit.turn(timeout=0):
        pass
    assert client.zcard(limit._name) == 1
    assert 0 < client.pttl(limit._name) < 10_000


def test_without_redis_each_process_keeps_it_alone(caplog):
    nowhere = redis.Redis(port=1, socket_connect_timeout=0.2)
    limit = slots("alone", 1, 5, nowhere)
    with limit.turn(timeout=0):
        pass
    with pytest.raises(Throttled) as caught, limit.turn(timeout=0.01):
        pass
    assert 4 < caught.value.wait <= 5
    assert "kept by this process alone" in caplog.text
    nowhere.close()


def test_redis_may_leave_during_a_call(client, caplog, monkeypatch):
    limit = slots(f"test-{uuid.uuid4()}", 1, 0, client)

    def gone(*args, **kwargs):
        raise redis.ConnectionError("gone")

    with limit.turn(timeout=0):
        monkeypatch.setattr(limit, "_leave", gone)
    assert "until its lease ends" in caplog.text
    client.delete(limit._name)


def test_a_pace_is_a_turn_too():
    pace = limiter("x", rate=1)
    with pace.turn(timeout=0):
        pass
    with pytest.raises(Throttled), pace.turn(timeout=0):
        pass


def test_the_kind_follows_from_the_client():
    assert isinstance(slots("x", 1, 0), LocalSlots)
    assert isinstance(slots("x", 1, 0, redis.Redis()), SharedSlots)


@pytest.mark.parametrize(("places", "rest"), [(0, 1), (1, -1)])
def test_a_limit_must_make_sense(places, rest):
    with pytest.raises(ValueError, match="place"):
        LocalSlots(places, rest)
