from datetime import UTC, datetime

import pytest
import time_machine

from estates.remotes.answers import error_type, read_json, redirect_words, request_id, retry_after
from estates.remotes.errors import Malformed, NotFound, Refused, Throttled, Unauthorised, Unreachable


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, None),
        (201, None),
        (204, None),
        (206, None),
        (299, None),
        (300, Malformed),
        (302, Malformed),
        (304, Malformed),
        (400, Refused),
        (401, Unauthorised),
        (402, Refused),
        (403, Unauthorised),
        (404, NotFound),
        (405, Refused),
        (408, Unreachable),
        (413, Refused),
        (422, Refused),
        (425, Unreachable),
        (429, Throttled),
        (500, Unreachable),
        (503, Unreachable),
        (599, Unreachable),
        (600, Malformed),
        (999, Malformed),
    ],
)
def test_what_a_status_stands_for(status, kind):
    assert error_type(status, {}) is kind


def test_a_503_with_a_wait_is_a_throttle_and_a_500_is_not():
    assert error_type(503, {"Retry-After": "5"}) is Throttled
    assert error_type(500, {"Retry-After": "5"}) is Unreachable


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("Wed, 15 Jan 2025 10:31:00 GMT", 60),
        ("Wednesday, 15-Jan-25 10:31:00 GMT", 60),
        ("Wed, 15 Jan 2025 11:31:00 +0100", 60),
        ("Wed, 15 Jan 2025 10:29:00 GMT", -60),
        (None, 30),
        ("", 30),
        ("tomorrow", 30),
        ("nan", 30),
        ("-inf", 30),
        ("Wed, 99 Jan 2025 10:31:00 GMT", 30),
        ("9" * 400, 30),
    ],
)
def test_retry_after(value, seconds):
    with time_machine.travel(datetime(2025, 1, 15, 10, 30, tzinfo=UTC), tick=False):
        assert retry_after(value) == seconds


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("https://login.example/x?token=1", "https://login.example"),
        ("http://user:pw@login.example:8080/", "http://login.example"),
        ("//cdn.example/x", "https://cdn.example"),
        ("/v2", "same host"),
        (None, "same host"),
        ("", "same host"),
        ("https://[", "unreadable Location"),
    ],
)
def test_a_redirect_is_named_by_its_host_alone(location, words):
    assert redirect_words(location) == words


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": 1}', {"a": 1}),
        (b' \n{"a": 1}\n', {"a": 1}),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b"null", None),
        (b"7", 7),
        (b'"\\ud83d\\udca1"', "\U0001f4a1"),
        (b'"cut \\ud83d"', "cut \ufffd"),
        (b"[" * 1000 + b"]" * 1000, ...),
    ],
)
def test_json_is_read(body, value):
    read = read_json(body, "")
    assert read == value or value is ...


@pytest.mark.parametrize(
    ("body", "content_type", "message", "helps"),
    [
        (b"", "", "empty", False),
        (b" \n", "", "empty", False),
        (b"<html>", "", "web page", True),
        (b"\n <!doctype html>", "application/json", "web page", True),
        (b"{'a': 1}", "", "not readable", False),
        (b'{"a": 1', "", "not readable", False),
        (b'{"a": 1}}', "", "not readable", False),
        (b'{"a": Infinity}', "", "not readable", False),
        (b'{"a": 1e999}', "", "not readable", False),
        (b'{"a": "\xe9"}', "", "not readable", False),
        (b'{"a": "\xe9"}', "application/json; charset=utf-8", "not readable", False),
        (b'{"a": "\xe9"}', "application/json; charset=zlib", "not readable", False),
        (b'{"a": "\xe9"}', "application/json; charset=utf-16", "not readable", False),
        (b"[" * 2000 + b"]" * 2000, "", "not readable", False),
    ],
)
def test_what_is_no_json_is_malformed(body, content_type, message, helps):
    with pytest.raises(Malformed, match=message) as caught:
        read_json(body, content_type)
    assert caught.value.retry_helps is helps
    assert caught.value.__context__ is None


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"a": 1', b"[" * 100_000])
def test_leniency_has_its_limits(body):
    with pytest.raises(Malformed) as caught:
        read_json(body, "", lenient=True)
    assert caught.value.__context__ is None
    assert read_json(b'{"a": "\xe9 \\ud83d"}', "", lenient=True) == {"a": "é \ufffd"}


def test_the_request_id_is_taken_from_the_first_header_that_has_one():
    assert request_id({"traceparent": "t", "x-request-id": "r"}) == "r"
    assert request_id({"traceparent": "t", "x-request-id": ""}) == "t"
    assert request_id({}) == ""
