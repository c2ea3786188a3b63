"""The HTTP server: loopback only, keep-alive, bounded bodies, a stop that ends everything."""

import socket
import threading
import time
from urllib.parse import urlsplit

import pytest
import requests

from portal.sandbox import sandbox
from portal.sandbox.server import BODY_LIMIT, require_loopback
from portal.sandbox.wire import reason


def talk(box, sent: bytes) -> bytes:
    """Everything that comes back on one connection until it closes."""
    address = urlsplit(box.url)
    with socket.create_connection((address.hostname, address.port), timeout=5) as connection:
        connection.sendall(sent)
        received = b""
        while piece := connection.recv(65536):
            received += piece
        return received


def test_two_requests_on_one_connection(box):
    key = box.account("martin").key.encode()
    one = b"GET /ts-immo/v1/estates?limit=1 HTTP/1.1\r\nHost: localhost\r\nX-TS-IMMO-KEY: " + key + b"\r\n"
    received = talk(box, one + b"\r\n" + one + b"Connection: close\r\n\r\n")
    assert received.count(b"HTTP/1.1 200 OK") == 2
    assert b"Connection: keep-alive" in received
    assert received.count(b"Connection: close") == 1


def test_an_http_1_0_caller_gets_an_answer_and_the_end(box):
    assert talk(box, b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n").startswith(b"HTTP/1.1 200")


def test_head_has_no_body(box):
    received = talk(box, b"HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert body == b""


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (f"Content-Length: {BODY_LIMIT + 1}", 413),
        ("Content-Length: " + "9" * 300, 413),
        ("Content-Length: -5", 400),
        ("Content-Length: ٣".encode().decode("latin-1"), 400),
        ("Transfer-Encoding: chunked", 411),
    ],
)
def test_bodies_that_are_not_read(box, headers, status):
    sent = f"POST /ts-immo/v1/support/ HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n\r\nx".encode("latin-1")
    received = talk(box, sent)
    assert received.startswith(f"HTTP/1.1 {status}".encode())
    assert b"Connection: close" in received
    assert not box.received


def test_a_flood_of_parameters_is_400(box):
    received = talk(box, b"GET /?" + b"a=1&" * 500 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert received.startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize(
    "sent", [b"\x16\x03\x01\x02\x00\r\n\r\n", b"GET\r\n\r\n", b"BREW / HTTP/1.1\r\nHost: a\r\n\r\n"]
)
def test_what_is_no_request_gets_an_error(box, sent):
    received = talk(box, sent)
    assert b"400" in received or b"501" in received
    assert requests.get(box.url, timeout=5).status_code == 200


def test_a_caller_who_leaves_in_the_middle_disturbs_nobody(box, capfd):
    address = urlsplit(box.url)
    with socket.create_connection((address.hostname, address.port), timeout=5) as connection:
        connection.sendall(
            b"POST /ts-immo/v1/support/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc"
        )
    assert requests.get(box.url, timeout=5).status_code == 200
    assert "Traceback" not in capfd.readouterr().err


def test_half_a_body_is_not_half_a_request(box):
    """What came would be a whole ticket; more was announced."""
    reporter = b'{"username": "a", "mail": "a@x.example", "display_name": "A"}'
    body = b'{"domain": "x.example", "subject": "s", "message": "m", "reporter": ' + reporter + b"}"
    head = (
        f"POST /ts-immo/v1/support/ HTTP/1.1\r\nHost: localhost\r\nX-TS-IMMO-KEY: {box.account('martin').key}"
    )
    address = urlsplit(box.url)
    with socket.create_connection((address.hostname, address.port), timeout=5) as connection:
        connection.sendall(f"{head}\r\nContent-Length: {len(body) + 1}\r\n\r\n".encode() + body)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(100) == b""
    assert not box.account("martin").tickets
    assert box.received == []


@pytest.mark.parametrize(
    "host",
    [
        "0.0.0.0",  # noqa: S104 - that it is refused is the test
        "::",
        "192.168.1.4",
        "example.com",
        "",
        "127.0.0.1.evil.example",
    ],
)
def test_other_hosts_than_loopback_are_refused(host):
    with pytest.raises(ValueError, match="loopback"):
        sandbox(host=host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost"])
def test_loopback_hosts(host):
    assert require_loopback(host) is None


def test_a_port_in_use_is_an_error(box):
    with pytest.raises(OSError, match="in use"):
        sandbox(port=urlsplit(box.url).port, estates=0)


def test_leaving_ends_idle_and_dripping_connections_and_all_threads():
    threads = threading.active_count()
    with sandbox(estates=1) as box:
        box.fault("endless")
        box.fault("slow", value=60_000)
        key = {"X-TS-IMMO-KEY": box.account("martin").key}
        session = requests.Session()
        session.get(box.url, timeout=5)
        dripping = requests.get(f"{box.url}/ts-immo/v1/estates", headers=key, stream=True, timeout=5)
        started = time.monotonic()
    assert time.monotonic() - started < 3
    assert threading.active_count() == threads
    dripping.close()
    session.close()


def test_latency_is_waited_for_before_every_answer():
    with sandbox(estates=1, latency=60) as box:
        started = time.monotonic()
        assert requests.get(f"{box.url}/ts-immo/v1/estates", timeout=5).status_code == 401
        assert time.monotonic() - started >= 0.06


def test_ten_callers_at_once_wait_together():
    with sandbox(estates=1, latency=150) as box:
        key = {"X-TS-IMMO-KEY": box.account("martin").key}
        answers = []

        def call():
            answers.append(requests.get(f"{box.url}/ts-immo/v1/estates", headers=key, timeout=5).status_code)

        callers = [threading.Thread(target=call) for _ in range(10)]
        started = time.monotonic()
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
        assert answers == [200] * 10
        assert time.monotonic() - started < 1.2


@pytest.mark.parametrize(("status", "words"), [(200, "OK"), (429, "Too Many Requests"), (799, "Unknown")])
def test_reasons(status, words):
    assert reason(status) == words
