"""Each way to misbehave ends in the right error, in time, in the remote's words, without the key."""

import base64
import gzip
import json
import time
import traceback
import zlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import quote

import pytest

from estates.remotes.errors import Malformed, NotFound, Refused, Throttled, Unauthorised, Unreachable
from estates.remotes.exchange import Patience
from estates.remotes.ts_immo import TsImmoClient

from .conftest import KEY
from .misbehaving import MisbehavingServer, http

GOOD = b'{"data": [], "total": 0, "page": 1, "limit": 100}'
PAGE = b"<!doctype html><title>Maintenance</title><script>x()</script><p>Back &amp; running soon</p>"
SAID = b'{"statusCode": 400, "message": ["page must be positive", "limit too large"], "error": "Bad Request"}'
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
RESET = MisbehavingServer.RESET

BAD = {
    "400 with a list": (http(400, SAID), Refused, "page must be positive; limit too large"),
    "400 with a string": (http(400, b'{"message": "no such filter"}'), Refused, "no such filter"),
    "401": (http(401, b'{"message": "invalid key"}'), Unauthorised, "invalid key"),
    "403": (http(403, b'{"message": "not yours"}'), Unauthorised, "not yours"),
    "404": (http(404, b'{"message": "no estate"}'), NotFound, "no estate"),
    "405": (http(405), Refused, ""),
    "408": (http(408), Unreachable, ""),
    "418 in plain text": (http(418, b"I am\x00 a\r\nteapot"), Refused, "I am a teapot"),
    "500": (http(500, b'{"message": "database gone"}'), Unreachable, "database gone"),
    "502 in HTML": (http(502, PAGE), Unreachable, "Maintenance Maintenance Back & running soon"),
    "503 without Retry-After": (http(503, b'{"message": "later"}'), Unreachable, "later"),
    "503 with Retry-After": (http(503, b'{"message": "later"}', Retry_After="7"), Throttled, "later"),
    "429": (http(429, b'{"message": "slow down"}', Retry_After="7"), Throttled, "slow down"),
    "HTML with 200": (http(200, PAGE), Malformed, "Maintenance Maintenance Back & running soon"),
    "200 with success false": (
        http(200, b'{"success": false, "error_message": "no plan"}'),
        Refused,
        "no plan",
    ),
    "not JSON": (http(200, b"all is well"), Malformed, "all is well"),
    "truncated JSON": (http(200, GOOD[:-9]), Malformed, GOOD[:-9].decode()),
    "empty": (http(200), Malformed, ""),
    "null": (http(200, b"null"), Malformed, "null"),
    "a list": (http(200, b"[]"), Malformed, "[]"),
    "no data": (http(200, b'{"message": "hm"}'), Malformed, "hm"),
    "NaN": (http(200, b'{"data": [NaN]}'), Malformed, '{"data": [NaN]}'),
    "too deep": (http(200, b'{"data": ' + b"[" * 9000 + b"]" * 9000 + b"}"), Malformed, None),
    "Latin-1 not declared": (http(200, '{"data": "é"}'.encode("latin-1")), Malformed, '{"data": "�"}'),
    "Content-Length too long": ([http(200, GOOD, length=999), RESET], Malformed, GOOD.decode()),
    "Content-Length too long, then silence": ([http(200, GOOD, length=999), 2], Unreachable, GOOD.decode()),
    "Content-Length too short": (http(200, GOOD, length=20), Malformed, GOOD[:20].decode()),
    "two Content-Lengths": (http(200, GOOD, content_length="7"), Malformed, ""),
    "redirect": (http(302, Location="/v2/estates?k=1"), Malformed, "same host"),
    "redirect elsewhere": (
        http(301, Location="https://evil.example/x?k=1"),
        Malformed,
        "https://evil.example",
    ),
    "redirect downwards": (http(307, Location="http://127.0.0.1/x"), Malformed, "http://127.0.0.1"),
    "redirect nowhere": (http(308, Location="http://[oops"), Malformed, "unreadable Location"),
    "304": (http(304), Malformed, "same host"),
    "redirect with a bomb": (
        http(302, gzip.compress(b"x" * 9_000_000), Content_Encoding="gzip"),
        Malformed,
        None,
    ),
    "too long": (http(200, b"[" + b"1," * 60_000 + b"1]"), Malformed, None),
    "endless": ([HEAD + b"\r\n", *[b"x" * 9000] * 20], Malformed, None),
    "gzip bomb": (http(200, gzip.compress(b" " * 9_000_000), Content_Encoding="gzip"), Malformed, ""),
    "deflate bomb": (http(200, zlib.compress(b" " * 9_000_000), Content_Encoding="deflate"), Malformed, ""),
    "gzip cut short": (http(200, gzip.compress(GOOD)[:-9], Content_Encoding="gzip"), Malformed, None),
    "not gzip at all": (http(200, GOOD, Content_Encoding="gzip"), Malformed, None),
    "unknown encoding": (http(200, GOOD, Content_Encoding="br"), Malformed, ""),
    "broken chunk": (CHUNKED + b"zz\r\n{}\r\n0\r\n\r\n", Malformed, ""),
    "chunks without an end": ([CHUNKED + b"2\r\n{}\r\n", RESET], Malformed, "{}"),
    "silence": ([2], Unreachable, ""),
    "dropped at once": ([RESET], Unreachable, ""),
    "dropped inside the headers": ([HEAD, RESET], Malformed, ""),
    "dropped after the headers": ([http(200, b"", length=99), RESET], Malformed, ""),
    "dripping status line": (
        [step for c in b"HTTP/1.1 200 OK" for step in (bytes([c]), 0.1)],
        Unreachable,
        "",
    ),
    "dripping headers": ([HEAD, *[b"X-More: 1\r\n", 0.1] * 20], Unreachable, ""),
    "dripping body": ([HEAD + b"\r\n{", *[b" ", 0.1] * 20], Unreachable, None),
    "dripping error": ([HEAD.replace(b"200", b"500") + b"\r\nsorry ", *[b".", 0.1] * 20], Unreachable, None),
    "endless 100 Continue": ([b"HTTP/1.1 100 Continue\r\n\r\n", 0.05] * 40, Unreachable, ""),
    "endless headers": ([HEAD + b"X-More: 1\r\n" * 500 + b"\r\n"], Malformed, ""),
    "endless header": ([HEAD + b"X-More: ", *[b"x" * 9000] * 20], Malformed, ""),
    "not HTTP": ([b"SSH-2.0-OpenSSH_9\r\n\r\n", RESET], Malformed, ""),
}


def failure(client, kind):
    with pytest.raises(kind) as caught:
        client.search_estates()
    return caught.value


@pytest.mark.parametrize("name", BAD)
def test_bad_answer(name, client, server, answers, caplog):
    script, kind, words = BAD[name]
    server.answers(script)
    began = time.monotonic()

    error = failure(client, kind)

    assert time.monotonic() - began < 3
    assert type(error) is kind
    if words is not None:
        assert error.words == words
    assert len(error.words) <= 2000
    assert len(server.requests) == 1
    assert KEY.encode() in server.requests[0]
    assert [answer.error for answer in answers] == [error]
    assert_no_key(error, caplog)


def assert_no_key(error, caplog):
    told = [str(error), repr(error), error.words, error.raw.decode("latin-1"), caplog.text, error.request_id]
    told += traceback.TracebackException.from_exception(error, capture_locals=True).format()
    assert error.__context__ is None
    for form in (KEY, quote(KEY, safe=""), base64.b64encode(KEY.encode()).decode()):
        assert form not in "\n".join(told)


ECHOES = {
    "plain": KEY,
    "in JSON": json.dumps({"message": f"bad key {KEY}"}),
    "in escaped JSON": '{"message": "' + "".join(f"\\u{ord(c):04x}" for c in KEY) + '"}',
    "in HTML": "<p>bad key " + KEY.replace("&", "&amp;").replace("'", "&#39;") + "</p>",
    "split by a zero byte": KEY[:5] + "\0" + KEY[5:],
    "in a URL": "https://x.example/?k=" + quote(KEY, safe=""),
    "in base64": base64.b64encode(f"me:{KEY}".encode()).decode(),
    "in hexadecimal": KEY.encode().hex(),
    "across the cut": "x" * (64 * 1024 - 9) + KEY,
}


@pytest.mark.parametrize("name", ECHOES)
@pytest.mark.parametrize("status", [200, 401, 500])
def test_an_echoed_key_is_masked(name, status, client, server, answers, caplog):
    client._replies = client._replies.__class__("Ts-Immo", client._replies.redactor, 99_999, ("success",))
    server.answers(http(status, ECHOES[name].encode(), X_Request_Id=KEY))
    kind = {200: Malformed, 401: Unauthorised, 500: Unreachable}[status]

    error = failure(client, kind)

    assert_no_key(error, caplog)
    assert KEY[6:14] not in error.words + error.raw.decode("latin-1").replace("\0", "")


WAITS = {"7": 7, "0": 1, "-3": 1, "99999": 3600, "": 30, "soon": 30, "nan": 30, "inf": 30, "1.5": 1.5}


@pytest.mark.parametrize("value", WAITS)
@pytest.mark.parametrize("status", [429, 503])
def test_the_wait_of_retry_after(value, status, client, server):
    server.answers(http(status, Retry_After=value))
    assert failure(client, Throttled).wait == WAITS[value]


def test_the_wait_of_429_without_a_header(client, server):
    server.answers(http(429))
    assert failure(client, Throttled).wait == 30


@pytest.mark.parametrize(("seconds", "low", "high"), [(90, 80, 90), (-90, 1, 1), (10**8, 3600, 3600)])
def test_the_wait_until_a_date(seconds, low, high, client, server):
    server.answers(
        http(429, Retry_After=format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True))
    )
    assert low <= failure(client, Throttled).wait <= high


def test_raw_keeps_the_first_64_kib(client, server):
    server.answers(http(500, b"y" * 200_000))
    error = failure(client, Unreachable)
    assert error.raw == b"y" * 65536
    assert error.words == "y" * 2000


def test_connection_refused(server, caplog):
    server.close()
    error = failure(TsImmoClient(server.url, KEY), Unreachable)
    assert error.retry_helps
    assert str(error) == "The server takes no connection"
    assert_no_key(error, caplog)


def test_unknown_name():
    error = failure(TsImmoClient("http://nowhere.invalid/v1", KEY), Unreachable)
    assert str(error) == "The server's name is unknown"


def test_tls_where_there_is_none(server):
    server.answers(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    secure = TsImmoClient(server.url.replace("http:", "https:"), KEY, patience=Patience(connect=0.5, total=1))
    assert failure(secure, Unreachable).status is None
    assert server.requests == []


@pytest.mark.parametrize("kind", [Malformed, Refused, Unauthorised, NotFound])
def test_what_a_person_must_solve_is_not_repeated(kind):
    assert kind("x").retry_helps is False
    assert Malformed("cut short", retry_helps=True).retry_helps is True
