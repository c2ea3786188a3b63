"""Every fault is told in sentences, in the reader's language, whatever is stored."""

import pytest
from django.utils import translation

from estates.remotes.errors import Reason
from estates.wordpress.health.faults import DOWN, WORDS, told

FACTS = {
    "status": 503,
    "seconds": 4.2,
    "to": "www.riviera.example",
    "at": "https://www.a.example/wp-json/",
    "names": "[ts_immo_search]",
    "on": "2026-12-24T10:00:00+00:00",
}


def in_words(code, **facts):
    (fault,) = told([{"code": code, "facts": facts}])
    return fault


@pytest.mark.parametrize("code", WORDS)
def test_each_says_what_it_means_and_what_to_do(code):
    fault = in_words(code, **FACTS)
    assert all(len(text) > 10 for text in (fault.title, fault.means, fault.advice))
    assert not any("%(" in text or "…" in text for text in (fault.title, fault.means, fault.advice))
    assert fault.is_down is (code in DOWN)


def test_every_reason_of_the_transport_is_told():
    assert set(Reason) - {Reason.ADDRESS} <= WORDS.keys()


def test_what_is_named_in_the_sentences():
    assert "status 503" in in_words("error", **FACTS).means
    assert "4.2 seconds" in in_words("slow", **FACTS).means
    assert "www.riviera.example" in in_words("elsewhere", **FACTS).means
    assert "Dec. 24, 2026" in in_words("certificate-ends", **FACTS).means
    with translation.override("fr"):
        assert "24 décembre 2026" in in_words("certificate-ends", **FACTS).means


def test_the_worst_comes_first():
    faults = [{"code": code, "facts": {}} for code in ("noindex", "time", "robots")]
    assert [fault.code for fault in told(faults)] == ["time", "noindex", "robots"]


def test_what_another_version_stored_breaks_no_page():
    assert told([{"code": "of-the-future", "facts": {}}]) == []
    assert "…" in in_words("slow").means
    assert in_words("elsewhere", to="9999-99-99").means
    assert in_words("elsewhere", to="%(status)s %d %").means == "Visitors end up at %(status)s %d %."
