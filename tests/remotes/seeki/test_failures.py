"""Every way in which a call can go wrong, on every operation: its kind, its words, its evidence, and no key."""

import io
import json

import pytest

from estates.remotes.errors import (
    Malformed,
    NotFound,
    Refused,
    Throttled,
    Unauthorised,
    Unreachable,
)
from estates.remotes.seeki import SeekiClient, TooLarge
from estates.remotes.upload import RawFile
from tests.remotes.misbehaving import MisbehavingServer, http

from .conftest import KEY, sendable

RESET = MisbehavingServer.RESET
CUT = json.dumps({"accepted": [{"external_id": "crm-1", "import_item_id": "i-1"}], "rejected": []}).encode()[
    :-20
]


def file(content=b"<openimmo/>"):
    return RawFile("feed.xml", len(content), lambda: io.BytesIO(content))


CALLS = {
    "send_listings": lambda client: client.send_listings(sendable(3)),
    "send_openimmo": lambda client: client.send_openimmo(file()),
    "send_idealista": lambda client: client.send_idealista(file()),
    "import_status": lambda client: client.status("i-1"),
    "retry_import": lambda client: client.retry("i-1"),
}


def coded(status, code, message="Some words", **headers):
    return http(status, json.dumps({"error_code": code, "message": message}).encode(), **headers)


FAILURES = {
    "no key": (coded(401, "MISSING_AUTHORIZATION"), Unauthorised, "MISSING_AUTHORIZATION: Some words"),
    "a wrong key": (coded(401, "INVALID_KEY"), Unauthorised, "INVALID_KEY: Some words"),
    "no subscription": (
        coded(403, "SUBSCRIPTION_INACTIVE"),
        Unauthorised,
        "SUBSCRIPTION_INACTIVE: Some words",
    ),
    "a code in the words": (coded(403, "X", "X happened"), Unauthorised, "X happened"),
    "a code alone": (http(403, b'{"error_code": "INVALID_KEY"}'), Unauthorised, None),
    "a web page": (http(403, b"<html>Blocked</html>"), Unauthorised, "Blocked"),
    "too large": (coded(413, "PAYLOAD_TOO_LARGE"), TooLarge, "PAYLOAD_TOO_LARGE: Some words"),
    "a proxy's 413": (http(413, b"<h1>Too large</h1>"), TooLarge, "Too large"),
    "not found": (coded(404, "NOT_FOUND"), NotFound, "NOT_FOUND: Some words"),
    "refused": (coded(400, "VALIDATION_FAILED"), Refused, "VALIDATION_FAILED: Some words"),
    "500": (coded(500, "INTERNAL_ERROR"), Unreachable, "INTERNAL_ERROR: Some words"),
    "429": (http(429, b"", Retry_After="7"), Throttled, ""),
    "503 with a time": (http(503, b"", Retry_After="7"), Throttled, ""),
    "maintenance": (http(200, b"<html><title>Maintenance</title>"), Malformed, "Maintenance Maintenance"),
    "cut": (http(200, CUT), Malformed, CUT.decode()),
    "cut on the way": ([http(200, CUT, length=len(CUT) + 40), RESET], Malformed, CUT.decode()),
    "huge": (http(200, b'{"accepted": [' + b" " * 60_000), Malformed, None),
    "dropped": ([RESET], Unreachable, ""),
    "silence": ([2], Unreachable, ""),
    "redirect": (http(307, Location="https://evil.example/x"), Malformed, "https://evil.example"),
}


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("failure", FAILURES)
def test_a_failure_is_of_its_kind_and_sent_once(name, failure, lone, server, answers, caplog):
    script, kind, words = FAILURES[failure]
    server.answers(script)
    with pytest.raises(kind) as caught:
        CALLS[name](lone)
    assert type(caught.value) is kind
    assert words is None or caught.value.words == words
    assert len(server.requests) == 1
    assert [(answer.operation, answer.error) for answer in answers] == [(name, caught.value)]
    assert KEY not in caplog.text + str(caught.value) + repr(caught.value)


@pytest.mark.parametrize("name", CALLS)
def test_a_key_that_comes_back_is_masked(name, lone, server):
    echoed = {"error_code": "INVALID_KEY", "message": f"{KEY} is not a key, Bearer {KEY}"}
    server.answers(http(401, json.dumps(echoed).encode()))
    with pytest.raises(Unauthorised) as caught:
        CALLS[name](lone)
    assert "[key removed]" in caught.value.words
    assert KEY not in caught.value.words + caught.value.raw.decode()


def test_a_key_in_place_of_the_code_is_masked(server):
    client = SeekiClient(server.url, "seeki_live_0123456789abcdef")
    server.answers(coded(413, "seeki_live_0123456789abcdef"))
    with pytest.raises(TooLarge) as caught:
        client.send_listings(sendable())
    assert "0123456789ABCDEF" not in caught.value.code + caught.value.words
    client.close()


@pytest.mark.parametrize("name", CALLS)
def test_a_redirect_is_never_followed_with_the_key(name, lone, server):
    elsewhere = MisbehavingServer()
    server.answers(http(307, Location=f"{elsewhere.url}/listings"))
    with pytest.raises(Malformed):
        CALLS[name](lone)
    assert elsewhere.requests == []
    elsewhere.close()


@pytest.mark.parametrize(
    ("header", "size"),
    [("500", 500), (" 250 ", 250), ("0", None), ("-5", None), ("many", None), ("9" * 30, None), ("", None)],
)
def test_too_large_says_what_would_fit(lone, server, header, size):
    server.answers(coded(413, "TOO_MANY_ITEMS", Suggested_Chunk_Size=header))
    with pytest.raises(TooLarge) as caught:
        lone.send_openimmo(file())
    assert (caught.value.code, caught.value.chunk_size) == ("TOO_MANY_ITEMS", size)
    assert not caught.value.retry_helps
    assert json.loads(caught.value.raw)["error_code"] == "TOO_MANY_ITEMS"


def test_too_large_without_a_word(lone, server):
    server.answers(http(413))
    with pytest.raises(TooLarge) as caught:
        lone.send_idealista(file())
    assert (caught.value.code, caught.value.chunk_size, caught.value.status) == ("", None, 413)


def test_only_the_status_is_tried_again(lone, server, monkeypatch):
    monkeypatch.setattr("estates.remotes.exchange.FIRST_PAUSE", 0.01)
    server.answers(http(500), [RESET], http(200, b'{"status": "queued"}'))
    assert lone.status("i-1", retries=2).status == "queued"
    assert len(server.requests) == 3
    for call in (lone.send_listings, lone.send_openimmo, lone.retry):
        with pytest.raises(TypeError):
            call(None, retries=1)


@pytest.mark.parametrize("item_id", ["", " ", "..", "x" * 201])
def test_what_names_no_import_is_not_asked_for(lone, server, item_id):
    for call in (lone.status, lone.retry):
        with pytest.raises(Refused, match="Not a usable identifier"):
            call(item_id)
    assert server.requests == []


def test_an_id_cannot_leave_its_place_in_the_address(lone, server):
    server.answers(http(200, b'{"status": "queued"}'))
    lone.status("../x?y=1#z")
    assert server.requests[0].startswith(b"GET /v1/import-items/..%2Fx%3Fy%3D1%23z/status HTTP/1.1")
