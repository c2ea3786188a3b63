"""What is shown again for a minute: of one agency, under one name."""

from django.core.cache import cache

from accounts.caching import SECONDS, for_a_minute


def test_it_is_counted_once(agency, other_agency):
    asked = []

    def count_of(who):
        return lambda: asked.append(who) or [who]

    for _ in range(2):
        assert for_a_minute(agency, "tests:a", count_of("a")) == ["a"]
        assert for_a_minute(agency, "tests:b", count_of("b")) == ["b"]
        assert for_a_minute(other_agency, "tests:a", count_of("theirs")) == ["theirs"]
    assert asked == ["a", "b", "theirs"]


def test_nothing_counted_is_kept_too(agency):
    assert for_a_minute(agency, "tests:none", lambda: 0) == 0
    assert for_a_minute(agency, "tests:none", lambda: 1) == 0


def test_after_a_minute_it_is_counted_anew(agency, monkeypatch):
    kept = []
    monkeypatch.setattr(cache, "set", lambda key, found, seconds: kept.append((found, seconds)))
    for_a_minute(agency, "tests:seconds", lambda: 7)
    assert kept == [(7, SECONDS)]
