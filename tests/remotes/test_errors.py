import pickle

import pytest

from estates.remotes.errors import (
    RAW_LIMIT,
    Malformed,
    NotFound,
    Refused,
    RemoteError,
    Throttled,
    Unauthorised,
    Unreachable,
    Untrusted,
)

KINDS = [Unreachable, Throttled, Unauthorised, Refused, NotFound, Malformed, Untrusted]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_a_remote_error_with_all_its_facts(kind):
    error = kind("Ts-Immo answered 418", words="I am a teapot", status=418, request_id="r-1", raw=b"I am")
    assert isinstance(error, RemoteError)
    assert str(error) == "Ts-Immo answered 418: I am a teapot"
    assert repr(error) == f"{kind.__name__}('Ts-Immo answered 418: I am a teapot', status=418)"
    assert (error.status, error.request_id, error.raw) == (418, "r-1", b"I am")


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_survives_the_way_between_processes(kind):
    error = kind("m", words="w", status=500, raw=b"r", request_id="i", retry_helps=True)
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert type(copy) is kind
    assert vars(copy) == vars(error)
    assert str(copy) == str(error)


@pytest.mark.parametrize("kind", KINDS)
def test_whether_trying_again_helps(kind):
    assert kind("m").retry_helps is (kind in (Unreachable, Throttled))
    assert kind("m", retry_helps=True).retry_helps is True
    assert kind("m", retry_helps=False).retry_helps is False


def test_not_found_is_a_refusal():
    assert issubclass(NotFound, Refused)


def test_without_words_the_message_stands_alone():
    assert str(Unreachable("No connection in time")) == "No connection in time"


def test_raw_is_cut():
    assert len(Malformed("m", raw=b"x" * 100_000).raw) == RAW_LIMIT


@pytest.mark.parametrize(("asked", "wait"), [(0, 1), (-5, 1), (1.5, 1.5), (3600, 3600), (10**9, 3600)])
def test_a_wait_is_between_a_second_and_an_hour(asked, wait):
    assert Throttled("m", wait=asked).wait == wait


def test_the_default_wait():
    assert Throttled("m").wait == 30
