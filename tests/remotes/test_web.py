"""Pages at addresses that people typed, from real servers; and all that such an address may lead to."""

import gzip
import logging
import socket
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from estates.remotes.errors import Malformed, Reason, RemoteError, Unreachable
from estates.remotes.origins import read_addresses
from estates.remotes.web import Hop, WebClient
from tests.certificates import Authority
from tests.websites import bomb, by_hand, endless, html, redirect, websites, with_body

HOST = "www.agence-martin.example"
HOME = f"https://{HOST}/"
PLAIN = f"http://{HOST}/"


@pytest.fixture
def web(tmp_path):
    with websites(tmp_path) as web:
        yield web


@pytest.fixture
def site(web):
    return web.site(HOST)


@pytest.fixture
def client(web, site):
    with WebClient(
        "Passerelle/1.0 (+https://portal.example)", addresses=web.addresses, ca_file=web.ca_file
    ) as client:
        yield client


def reason(client, url, **options) -> Reason:
    began = time.monotonic()
    with pytest.raises((Unreachable, Malformed)) as failure:
        client.get(url, **options)
    assert time.monotonic() - began < 3
    return failure.value.reason


def test_a_page_over_https(client, site):
    site.answers("/", html("<p>Bonjour</p>", headers={"X-Robots-Tag": "noindex"}))
    page = client.get(HOME)
    assert (page.url, page.status, page.hops, page.cut) == (HOME, 200, (), False)
    assert b"<p>Bonjour</p>" in page.body
    assert page.headers["x-robots-tag"] == "noindex"
    assert 0 < page.seconds < 2
    assert timedelta(days=89) < page.tls_ends_at - datetime.now(UTC) < timedelta(days=91)


def test_a_page_over_http_has_no_certificate(client, site):
    site.answers("/", html("x"))
    assert client.get(PLAIN).tls_ends_at is None


def test_what_is_asked_of_a_site(client, site):
    site.answers("/", with_body(b"x", headers={"Set-Cookie": "a=b; Path=/"}))
    client.get(HOME)
    client.get(HOME, accept="application/json")
    first, second = (asked.headers for asked in site.asked)
    assert first["Host"] == HOST
    assert first["User-Agent"] == "Passerelle/1.0 (+https://portal.example)"
    assert (first["Accept"], second["Accept"]) == ("text/html", "application/json")
    assert not {"Authorization", "Cookie", "Referer"} & (first.keys() | second.keys())


@pytest.mark.parametrize("status", [204, 401, 403, 404, 500, 503])
def test_any_status_is_an_answer(status, client, site):
    site.answers("/", with_body(b"" if status == 204 else b"why", status=status))
    assert client.get(HOME).status == status


def test_redirects_are_followed_and_told(web, client, site):
    site.answers("/", redirect(HOME), scheme="http")
    site.answers("/", redirect("/accueil/", 302), scheme="https")
    site.answers("/accueil/", html("here"))
    page = client.get(PLAIN)
    assert page.url == f"{HOME}accueil/"
    assert page.hops == (Hop(PLAIN, 301), Hop(HOME, 302))


def test_without_redirects_the_first_answer_counts(client, site):
    site.answers("/", redirect("https://elsewhere.example/"))
    page = client.get(HOME, redirects=0)
    assert (page.status, page.headers["location"]) == (301, "https://elsewhere.example/")


def test_a_redirect_with_letters_that_a_header_cannot_hold(client, site):
    site.answers("/", redirect("/propriété/".encode().decode("latin-1")))
    site.answers("/propri%C3%A9t%C3%A9/", html("here"))
    assert client.get(HOME).status == 200


def test_redirects_come_to_an_end(client, site):
    site.answers("*", redirect("/again/"))
    assert reason(client, HOME) is Reason.REDIRECTS
    assert len(site.asked) == 6


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://127.0.0.1/",
        "http://127.1/",
        "http://0.0.0.0/",
        "http://2130706433/",
        "http://0177.0.0.1/",
        "http://0x7f.1/",
        "http://10.1.2.3/",
        "http://[fd00::1]/",
        "http://[fe80::1]/",
        "http://localhost/",
        "//127.0.0.1/",
        "https://127.0.0.1/",
        "https://93.184.216.34:8443/",
        "http://www.agence-martin.example:22/",
        "https://me:secret@www.agence-martin.example/",
        "http://[::1",
        "http://a:port/",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "gopher://127.0.0.1/",
        "javascript:alert(1)",
        "http://" + "a" * 70 + ".example/",
        "http://x.example/" + "a" * 3000,
    ],
)
def test_where_a_redirect_may_not_lead(target, client, site):
    site.answers("/", redirect(target))
    with pytest.raises(Malformed) as failure:
        client.get(HOME)
    assert failure.value.reason is Reason.REDIRECT
    assert not failure.value.retry_helps
    assert len(site.asked) == 1


@pytest.fixture
def names(monkeypatch):
    """Answers of the resolver, in turn."""
    answers: dict[str, list[str]] = {}
    real = socket.getaddrinfo

    def lookup(host, port, *arguments, **options):
        if host in answers:
            found = answers[host]
            return real(found.pop(0) if len(found) > 1 else found[0], port, *arguments, **options)
        return real(host, port, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    return answers


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "0.0.0.0",  # noqa: S104
        "::1",
        "::ffff:10.0.0.1",
        "fd00::1",
        "fe80::1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
    ],
)
def test_a_name_that_resolves_into_a_private_network(address, client, names):
    names["www.evil.example"] = [address]
    assert reason(client, "http://www.evil.example/") is Reason.NOT_PUBLIC
    assert reason(client, "https://www.evil.example/") is Reason.NOT_PUBLIC


def test_a_redirect_to_a_name_that_resolves_into_a_private_network(client, site, names):
    names["www.evil.example"] = ["127.0.0.1"]
    site.answers("/", redirect("https://www.evil.example/"))
    with pytest.raises(Malformed) as failure:
        client.get(HOME)
    assert failure.value.reason is Reason.REDIRECT
    assert failure.value.at == "https://www.evil.example/"


def test_a_name_is_resolved_once_and_that_address_dialled(client, names, monkeypatch):
    names["www.evil.example"] = ["93.184.216.34", "127.0.0.1"]
    dialled = []

    def note(address, *_, **__):
        dialled.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr("urllib3.util.connection.create_connection", note)
    assert reason(client, "http://www.evil.example/") is Reason.CONNECTION
    assert dialled == ["93.184.216.34"]


def test_only_the_very_origin_is_dialled_elsewhere(web, client, site, names):
    site.answers("/", html("x"))
    names[f"{HOST}.evil.example"] = names[f"{HOST}.evil"] = ["127.0.0.1"]
    assert reason(client, f"https://{HOST}.evil.example/") is Reason.NOT_PUBLIC
    assert client.get(f"https://{HOST}:443/").status == 200
    assert client.get(f"HTTPS://{HOST.upper()}/").status == 200


@pytest.mark.parametrize(
    "url", ["", "www.agence-martin.example", "file:///etc/passwd", "http://", "http://a:b/", "https://a b/"]
)
def test_what_is_no_address(url, client):
    assert reason(client, url) is Reason.ADDRESS


def test_a_name_that_nobody_knows(client, monkeypatch):
    def lookup(*_, **__):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    assert reason(client, "https://www.nowhere.example/") is Reason.NAME


def test_nobody_listens(site):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = closed.getsockname()
    with WebClient("Tests", addresses={("https", HOST, 443): address}) as client:
        assert reason(client, HOME) is Reason.CONNECTION


def test_the_connection_is_dropped(client, site):
    site.answers("/", by_hand())
    assert reason(client, HOME) is Reason.DROPPED
    site.https = False
    assert reason(client, HOME) in (Reason.DROPPED, Reason.TLS)


@pytest.mark.parametrize(
    ("certificate", "expected"),
    [({"days": -1}, Reason.CERTIFICATE_EXPIRED), ({"named": "other.example"}, Reason.CERTIFICATE_NAME)],
)
def test_certificates_that_are_not_right(certificate, expected, web, client):
    site = web.site(HOST, **certificate)
    assert reason(client, HOME) is expected
    assert site.asked == []


def test_a_certificate_that_nobody_vouches_for(web, client, tmp_path):
    web.site(HOST, authority=Authority(tmp_path, "nobody"))
    assert reason(client, HOME) is Reason.CERTIFICATE


def test_authorities_of_an_operator_are_trusted_only_where_named(web, site):
    with WebClient("Tests", addresses=web.addresses) as client:
        assert reason(client, HOME) is Reason.CERTIFICATE


@pytest.mark.parametrize("days", [-3, 40])
def test_the_end_of_a_certificate_that_nobody_trusts(days, web, client, tmp_path):
    site = web.site(HOST, days=days, named="other.example", authority=Authority(tmp_path, "nobody"))
    assert abs(client.certificate_ends_at(HOME) - datetime.now(UTC) - timedelta(days=days)) < timedelta(
        hours=1
    )
    assert site.asked == []


def test_no_certificate_is_read_where_nothing_may_be_asked(client, site, names, monkeypatch):
    names["www.evil.example"] = ["127.0.0.1"]
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("it was dialled"))
    assert client.certificate_ends_at("https://www.evil.example/") is None
    assert client.certificate_ends_at("https://" + "a" * 70 + ".example/") is None


def test_not_tls_at_all(web, site):
    plain = web.addresses["http", HOST, 80]
    with WebClient("Tests", addresses={("https", HOST, 443): plain}) as client:
        assert reason(client, HOME) is Reason.TLS
        assert client.certificate_ends_at(HOME) is None


@pytest.mark.parametrize(
    "script",
    [
        endless(b"x", pause=0.05),
        endless(
            pause=0.05,
            head=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n",
            piece=b"1\r\nx\r\n",
        ),
        endless(b"X-Filler: 1\r\n", pause=0.05, head=b"HTTP/1.1 200 OK\r\n"),
        endless(b"HTTP/1.1 100 Continue\r\n\r\n", pause=0.01, head=b"HTTP/1.1 100 Continue\r\n\r\n"),
        by_hand(30.0),
    ],
)
def test_a_site_that_answers_for_ever_ends_at_the_deadline(script, client, site):
    site.answers("/", script)
    assert reason(client, HOME, seconds=0.6) is Reason.TIME


def test_many_redirects_share_one_deadline(client, site):
    site.answers("*", with_body(b"", status=302, headers={"Location": "/again/"}, wait=0.3))
    assert reason(client, HOME, seconds=0.8) is Reason.TIME


def test_a_page_is_cut_at_its_limit(client, site):
    site.answers("/", endless())
    site.answers("/whole/", with_body(b"x" * 5000))
    page = client.get(HOME, max_bytes=5000)
    assert (len(page.body), page.cut) == (5000, True)
    assert not client.get(f"{HOME}whole/", max_bytes=5000).cut


def test_a_bomb_is_cut_like_any_page(client, site):
    site.answers("/", bomb())
    page = client.get(HOME, max_bytes=100_000)
    assert (page.body, page.cut) == (b"0" * 100_000, True)


def test_a_compressed_page(client, site):
    site.answers("/", with_body(gzip.compress(b"Bonjour"), headers={"Content-Encoding": "gzip"}))
    assert client.get(HOME).body == b"Bonjour"


@pytest.mark.parametrize(
    "script",
    [
        by_hand(b"SSH-2.0-OpenSSH_9.2\r\n"),
        by_hand(b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 200 + b"\r\n"),
        by_hand(b"HTTP/1.1 200 OK\r\nX-A: " + b"b" * 100_000),
        by_hand(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"),
        by_hand(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        with_body(b"not gzip", headers={"Content-Encoding": "gzip"}),
        with_body(b"x", headers={"Content-Encoding": "br"}),
    ],
)
def test_answers_that_are_not_whole(script, client, site):
    site.answers("/", script)
    assert reason(client, HOME) is Reason.BROKEN
    site.answers("/", html("again"))
    assert client.get(HOME).status == 200


def test_an_error_tells_where_and_nothing_else(client, site):
    site.answers("/", redirect("/next/?token=1"))
    site.answers("/next/?token=1", by_hand(b"nonsense\r\n\r\n"))
    with pytest.raises(RemoteError) as failure:
        client.get(HOME)
    assert failure.value.at == f"{HOME}next/?token=1"
    assert "token" not in str(failure.value)
    assert failure.value.__context__ is None


def test_many_threads_share_a_client_and_sites_an_address(web, client, caplog):
    hosts = [f"www.agency-{n}.example" for n in range(16)]
    for host in hosts:
        web.site(host).answers("/", html(host, wait=0.2))
    pages = {}
    with WebClient("Tests", addresses=web.addresses, ca_file=web.ca_file) as client:
        threads = [
            threading.Thread(
                target=lambda host=host: pages.update({host: client.get(f"http://{host}/").body})
            )
            for host in hosts
        ]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert time.monotonic() - began < 1.2
    assert all(host.encode() in pages[host] for host in hosts)
    assert "pool is full" not in caplog.text


def test_the_log_does_not_spell_out_what_was_asked(client, site, caplog):
    caplog.set_level(logging.INFO)
    site.answers("/", redirect("http://10.1.2.3/?token=1"))
    reason(client, HOME)
    assert "token" not in caplog.text


def test_reading_an_operators_addresses():
    text = "https://WWW.a.example=127.0.0.1:8643, http://b.example:8080/=[::1]:80,"
    assert read_addresses(text) == {
        ("https", "www.a.example", 443): ("127.0.0.1", 8643),
        ("http", "b.example", 8080): ("::1", 80),
    }
    assert read_addresses("") == {}


@pytest.mark.parametrize(
    "text", ["a", "www.a.example=127.0.0.1:80", "https://a=b", "https://a=:80", "https://a/x=b:80"]
)
def test_addresses_that_cannot_be_read(text):
    with pytest.raises(ValueError, match="https"):
        read_addresses(text)
