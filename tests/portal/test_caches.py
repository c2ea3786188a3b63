from collections import Counter

import pytest

from portal.caches import LenientRedisCache


@pytest.fixture
def dead():
    """A cache whose Redis is not there: port 1 of loopback refuses every connection."""
    return LenientRedisCache("redis://127.0.0.1:1/0", {})


def test_a_dead_redis_is_an_empty_cache(dead, caplog):
    dead.set("a", 1)
    assert dead.get("a") is None
    assert dead.get("a", "otherwise") == "otherwise"
    assert dead.get_many(["a", "b"]) == {}
    assert dead.add("a", 1) is True
    assert dead.touch("a") is False
    assert dead.delete("a") is False
    assert "a" not in dead
    assert dead.tick("a", 60) == 1
    assert "without Redis" in caplog.text


def test_get_or_set_still_gives_the_value(dead):
    assert dead.get_or_set("a", lambda: 7) == 7


def test_other_mistakes_are_not_hidden(dead):
    with pytest.raises(TypeError):
        dead.set()


def test_ticks_count_up_and_end():
    """The client's two words are all that is used of it."""
    counted, ends = Counter(), {}

    class Client:
        def incr(self, name):
            counted[name] += 1
            return counted[name]

        def expire(self, name, seconds):
            ends[name] = seconds

    cache = LenientRedisCache("redis://127.0.0.1:1/0", {})
    cache._cache.get_client = lambda key=None, write=False: Client()
    assert [cache.tick("a", 60) for _ in range(3)] == [1, 2, 3]
    assert cache.tick("b", 9) == 1
    assert sorted(ends.values()) == [9, 60]
