"""The base client's promises that are not about bad answers."""

import gzip
import pickle
import threading
import time
import zlib

import pytest

from estates.remotes.errors import Malformed, Throttled, Unreachable
from estates.remotes.exchange import Patience
from estates.remotes.limits import LocalLimiter
from estates.remotes.secret import Secret
from estates.remotes.session import lies_under
from estates.remotes.ts_immo import TsImmoClient

from .conftest import KEY
from .misbehaving import http

PAGE = http(200, b'{"data": [], "total": 0}', X_Request_Id="r-1", Set_Cookie="a=b; Path=/")


def test_the_connection_is_kept_and_cookies_are_not(client, server):
    server.answers(PAGE)
    for _ in range(3):
        client.search_estates()
    assert server.connections == 1
    assert len(server.requests) == 3
    assert b"cookie" not in b"".join(server.requests).lower()


def test_a_connection_that_misbehaved_is_not_used_again(client, server):
    server.answers(http(200, b'{"data": [], "x": 1}', length=12), PAGE)
    with pytest.raises(Malformed):
        client.search_estates()
    assert client.search_estates().total == 0
    assert server.connections == 2


def test_ten_threads_share_a_client(server):
    server.answers([0.8, PAGE])
    totals = []
    client = TsImmoClient(server.url, KEY, patience=Patience(connect=5, read=5, total=20))
    threads = [
        threading.Thread(target=lambda: totals.append(client.search_estates().total)) for _ in range(10)
    ]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    client.close()
    assert totals == [0] * 10
    assert time.monotonic() - began < 6, "one after the other would take eight seconds"


def test_the_environment_names_no_proxy_and_no_password(client, server, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    server.answers(PAGE)
    client.search_estates()
    assert b"authorization" not in server.requests[0].lower()


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "deflate", "bare"])
def test_compressed_answers_are_read(encoding, client, server):
    text = b'{"data": [' + b",".join(b'{"id": "%d"}' % n for n in range(900)) + b"]}"
    bare = zlib.compressobj(wbits=-15)
    packed = {
        "gzip": gzip.compress(text[:50]) + gzip.compress(text[50:]) + b"\0\0",
        "x-gzip": gzip.compress(text),
        "deflate": zlib.compress(text),
        "bare": bare.compress(text) + bare.flush(),
    }[encoding]
    server.answers(http(200, packed, Content_Encoding=encoding.replace("bare", "deflate")))
    assert len(client.search_estates().items) == 900


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ('{"data": [{"id": "é"}]}'.encode("latin-1"), "application/json; charset=ISO-8859-1"),
        ('{"data": [{"id": "é"}]}'.encode("utf-16"), 'application/json; charset="utf-16"'),
        ('{"data": [{"id": "é"}]}'.encode("utf-8-sig"), "text/plain"),
        ('{"data": [{"id": "é"}]}'.encode(), "application/json; charset=latin1"),
    ],
)
def test_other_charsets_are_read(body, content_type, client, server):
    server.answers(http(200, body, Content_Type=content_type))
    assert client.search_estates().items[0].remote_id == "é"


def test_chunks_are_read(client, server):
    server.answers(
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n{"data\r\n6\r\n": []}\r\n0\r\n\r\n'
    )
    assert client.search_estates().items == ()


@pytest.fixture
def patient(server, answers):
    client = TsImmoClient(server.url, KEY, patience=Patience(read=0.5, total=3), on_answer=answers.append)
    yield client
    client.close()


def test_reads_are_repeated_when_asked(patient, server, answers):
    server.answers(http(500), http(429, Retry_After="1"), PAGE)
    assert patient.search_estates(retries=2).total == 0
    assert [(a.operation, a.status, a.request_id, a.error) for a in answers] == [
        ("search_estates", 200, "r-1", None)
    ]
    assert 1 < answers[0].seconds < 3


def test_reads_are_sent_once_otherwise(patient, server):
    server.answers(http(500), PAGE)
    with pytest.raises(Unreachable):
        patient.search_estates()
    assert len(server.requests) == 1


def test_what_does_not_help_is_not_repeated(patient, server):
    server.answers(http(400), PAGE)
    with pytest.raises(Exception, match="400"):
        patient.search_estates(retries=5)
    assert len(server.requests) == 1


def test_repeating_ends_before_the_deadline(patient, server):
    server.answers(http(429, Retry_After="60"))
    began = time.monotonic()
    with pytest.raises(Throttled) as caught:
        patient.search_estates(retries=5)
    assert caught.value.wait == 60
    assert time.monotonic() - began < 5


def test_an_observer_that_fails_loses_no_answer(server, caplog):
    def failing(answer):
        raise RuntimeError("the database is away")

    server.answers(PAGE)
    assert TsImmoClient(server.url, KEY, on_answer=failing).search_estates().total == 0
    assert "The observer of search_estates failed" in caplog.text


def test_the_limiter_is_asked_before_each_request(server):
    server.answers(PAGE)
    client = TsImmoClient(server.url, KEY, limiter=LocalLimiter(rate=0.1), patience=Patience(total=2))
    client.search_estates()
    with pytest.raises(Throttled, match="Our own rate limit") as caught:
        client.search_estates()
    assert 8 < caught.value.wait <= 10
    assert len(server.requests) == 1


@pytest.mark.parametrize("bad", ["", " x", "x\n", "x\r\nX-Other: 1", "clé", "x\0"])
def test_an_unusable_key_is_refused_without_being_quoted(bad):
    with pytest.raises(ValueError, match="printable ASCII") as caught:
        TsImmoClient("https://api.example/v1", bad)
    assert not bad.strip() or bad not in str(caught.value)


def test_a_secret_does_not_show_itself(client):
    secret = Secret(KEY)
    assert secret.reveal() == KEY
    shown = [
        repr(secret),
        str(secret),
        f"{secret}",
        repr(client),
        repr(vars(client)),
        repr(client._session.headers),
    ]
    assert KEY not in "".join(shown)
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(secret)


@pytest.mark.parametrize(
    "bad", ["ftp://x/", "/v1", "https://", "https://me@x/v1", "https://x/v1?a=b", "https://x/#a"]
)
def test_a_base_url_is_plain(bad):
    with pytest.raises(ValueError, match="base URL"):
        TsImmoClient(bad, KEY)


BASE = "https://api.example/v1"


@pytest.mark.parametrize("url", [BASE + "/a", "https://API.example:443/v1/a/b?c=d"])
def test_what_lies_under_the_base_url(url):
    assert lies_under(url, BASE)


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example/v1/a",
        "https://api.example:8443/v1/a",
        "https://api.example.evil.example/v1/a",
        "https://api.example@evil.example/v1/a",
        "https://me:pw@api.example/v1/a",
        "https://api.example/v10/a",
        "https://api.example/v1/../x",
        "https://api.example/v1/%2e%2e/x",
        "https://api.example/v1/%252e%252e/x",
        "https://evil.example\\@api.example/v1/a",
        "https://api.example:port/v1/a",
        "//api.example/v1/a",
        "",
    ],
)
def test_what_does_not_lie_under_the_base_url(url):
    assert not lies_under(url, BASE)


def test_repeated_pauses_grow_and_differ(monkeypatch, patient, server):
    pauses = []
    monkeypatch.setattr("estates.remotes.exchange.time.sleep", pauses.append)
    server.answers(http(500))
    with pytest.raises(Unreachable):
        patient.search_estates(retries=3)
    assert len(server.requests) == len(pauses) + 1
    assert len(pauses) >= 2
    assert all(0.25 * 2**n <= pause <= 0.5 * 2**n for n, pause in enumerate(pauses))
