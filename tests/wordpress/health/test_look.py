"""Looks at sites that are served for real: what is found, and how little is asked."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from estates.wordpress.health import look as module
from estates.wordpress.models import Condition
from tests.certificates import Authority
from tests.websites import Answer, bomb, by_hand, endless, html, redirect, with_body
from tests.wordpress.conftest import DOMAIN
from tests.wordpress.health.conftest import CARDS, HEAD, codes, wordpress

HOME = f"https://{DOMAIN}/"


@pytest.fixture
def brief(monkeypatch):
    """A look may take a second."""
    monkeypatch.setattr(module, "LOOK_SECONDS", 1.0)


def test_a_site_in_good_order(served, looked):
    look = looked()
    assert (look.verdict, codes(look)) == (Condition.UP, [])
    assert 0 < look.milliseconds < 3000
    assert look.facts["status"] == 200
    assert look.facts["url"] == HOME
    assert look.facts["wordpress"] == "6.8.3"
    assert look.facts["rest"] == f"{HOME}wp-json/"
    assert parse_datetime(look.facts["tls_ends_at"]) > timezone.now() + timedelta(days=80)


def test_four_requests_are_enough(served, looked):
    looked()
    assert served.paths("https") == ["/", "/robots.txt", "/wp-json/"]
    assert served.paths("http") == ["/"]
    assert all("Passerelle/1.0" in asked.headers["User-Agent"] for asked in served.asked)


@pytest.mark.parametrize(
    ("status", "code", "verdict"),
    [
        (500, "error", "down"),
        (502, "error", "down"),
        (503, "maintenance", "down"),
        (404, "missing", "down"),
        (410, "missing", "down"),
        (401, "password", "up"),
        (403, "forbidden", "up"),
        (429, "forbidden", "up"),
    ],
)
def test_what_a_status_means(served, looked, status, code, verdict):
    served.answers("/", html("<h1>Désolé</h1>", status=status), scheme="https")
    look = looked()
    assert (look.verdict, codes(look)) == (verdict, [code])
    assert look.faults[0].facts["status"] == status


def test_a_site_that_is_down_is_asked_once(served, looked):
    served.answers("/", html("x", status=500), scheme="https")
    looked()
    assert [asked.path for asked in served.asked] == ["/"]


@pytest.mark.parametrize(
    "script",
    [
        endless(b"x", pause=0.05),
        endless(b"X-Filler: 1\r\n", pause=0.05, head=b"HTTP/1.1 200 OK\r\n"),
        by_hand(20.0),
    ],
)
def test_a_site_that_answers_for_ever(served, looked, brief, script):
    served.answers("/", script)
    began = time.monotonic()
    look = looked()
    assert time.monotonic() - began < 2
    assert (look.verdict, codes(look), look.milliseconds) == (Condition.DOWN, ["time"], None)


def test_an_endless_page_that_flows_is_read_as_far_as_it_matters(served, looked):
    served.answers(
        "/", endless(head=b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><body>"), scheme="https"
    )
    look = looked()
    assert (look.verdict, codes(look)) == (Condition.UP, [])


def test_a_bomb_for_a_page(served, looked):
    served.answers("/", bomb(), scheme="https")
    assert looked().verdict == Condition.UP


@pytest.mark.parametrize(
    "target",
    ["http://169.254.169.254/latest/meta-data/", "https://127.0.0.1/", "http://[::1]/", "file:///etc/passwd"],
)
def test_a_site_that_redirects_into_a_private_network(served, looked, target):
    served.answers("/", redirect(target))
    look = looked()
    assert (look.verdict, codes(look)) == (Condition.DOWN, ["redirect"])
    assert look.faults[0].facts["to"] == target


def test_redirects_in_circles(served, looked):
    served.answers("/", redirect(HOME))
    assert codes(looked()) == ["redirects"]


@pytest.mark.parametrize(
    ("certificate", "code"),
    [({"days": -2}, "certificate-expired"), ({"named": "other.example"}, "certificate-name")],
)
def test_a_certificate_that_browsers_refuse(serve, looked, certificate, code):
    site = serve(**certificate)
    look = looked()
    assert (look.verdict, codes(look)) == (Condition.DOWN, [code])
    assert parse_datetime(look.facts["tls_ends_at"])
    assert site.asked == []


def test_a_certificate_of_an_unknown_authority(web, settings, looked, tmp_path):
    wordpress(web.site(DOMAIN, authority=Authority(tmp_path, "nobody")))
    settings.SITE_ADDRESSES = web.setting
    assert codes(looked()) == ["certificate"]


@pytest.mark.parametrize(("days", "found"), [(20, ["certificate-ends"]), (22, [])])
def test_a_certificate_that_ends_soon(serve, looked, days, found):
    serve(days=days)
    look = looked()
    assert (look.verdict, codes(look)) == (Condition.UP, found)


def test_nothing_listens(served, looked):
    served.http = served.https = False
    look = looked()
    assert look.verdict == Condition.DOWN
    assert codes(look)[0] in ("dropped", "tls")


def test_a_private_address_behind_a_public_name(looked, monkeypatch):
    import socket

    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, port, *a, **o: real("10.0.0.1", port, *a, **o))
    look = looked()
    assert (look.verdict, codes(look)) == (Condition.DOWN, ["not-public"])


def test_a_site_without_https(served, looked):
    served.https = False
    served.answers("/", html(CARDS, HEAD), scheme="http")
    look = looked()
    assert (look.verdict, codes(look)) == (Condition.UP, ["http-only"])
    assert served.paths("http") == ["/", "/robots.txt", "/wp-json/"]


def test_http_that_only_leads_to_a_broken_https_is_no_site(served, looked):
    served.https = False
    assert looked().verdict == Condition.DOWN


def test_http_that_is_not_redirected(served, looked):
    served.answers("/", html(CARDS, HEAD), scheme="http")
    assert codes(looked()) == ["http-open"]


def test_a_site_that_does_not_speak_http_is_in_order(served, looked):
    served.http = False
    assert codes(looked()) == []


def test_a_slow_home_page(served, looked, monkeypatch):
    monkeypatch.setattr(module, "SLOW_SECONDS", 0.2)
    served.answers("/", html(CARDS, HEAD, wait=0.3), scheme="https")
    look = looked()
    assert (look.verdict, codes(look)) == (Condition.SLOW, ["slow"])
    assert look.milliseconds >= 300


@pytest.mark.parametrize(
    ("host", "found"), [("agence-martin.example", []), ("www.riviera.example", ["elsewhere"])]
)
def test_a_domain_that_leads_to_another(serve, looked, host, found):
    serve(host)
    serve().answers("/", redirect(f"https://{host}/"))
    look = looked()
    assert (look.verdict, codes(look)) == (Condition.UP, found)
    assert look.facts["hops"] == [[HOME, 301]]
    assert look.facts["rest"] == f"https://{host}/wp-json/"


@pytest.mark.parametrize(
    "answer",
    [
        html("x", '<meta name="Robots" content="NOINDEX, follow">' + HEAD),
        html("x", '<meta name="googlebot" content="none">' + HEAD),
        html("x", HEAD, headers={"X-Robots-Tag": "googlebot: noindex"}),
    ],
)
def test_search_engines_are_told_to_stay_away(served, looked, answer):
    served.answers("/", answer, scheme="https")
    look = looked()
    assert (look.verdict, codes(look)) == (Condition.UP, ["noindex"])


def test_robots_txt_shuts_everybody_out(served, looked):
    served.answers("/robots.txt", with_body(b"User-agent: *\nDisallow: /\n", content_type="text/plain"))
    assert codes(looked()) == ["robots"]


@pytest.mark.parametrize(
    "answer",
    [
        with_body(b'{"code": "rest_disabled"}', status=401, content_type="application/json"),
        html("Forbidden", status=403),
        with_body(b"[]", content_type="application/json"),
        with_body(b'{"namespaces": 7}', content_type="application/json"),
        with_body(b"\xff{", content_type="application/json"),
    ],
)
def test_a_closed_rest_interface(served, looked, answer):
    served.answers("/wp-json/", answer)
    look = looked()
    assert (look.verdict, codes(look)) == (Condition.UP, ["no-rest"])
    assert look.facts["rest"] is None


def test_the_interface_is_where_the_page_says(served, looked):
    rest = {"Link": f'<{HOME}?rest_route=/>; rel="https://api.w.org/"'}
    served.answers("/", html(CARDS, headers=rest), scheme="https")
    served.answers("/?rest_route=/", with_body(b'{"namespaces": []}'))
    served.answers("/wp-json/", html("", status=404))
    look = looked()
    assert (codes(look), look.facts["rest"]) == ([], f"{HOME}?rest_route=/")


def test_an_interface_that_is_said_to_be_in_a_private_network_is_not_visited(served, looked):
    rest = '<link rel="https://api.w.org/" href="http://169.254.169.254/">'
    served.answers("/", html(CARDS, rest), scheme="https")
    look = looked()
    assert (look.verdict, codes(look)) == (Condition.UP, [])
    assert look.facts["rest"] is None


def test_no_wordpress_at_all(served, looked):
    served.answers("/", html("<h1>Ma page</h1>"), scheme="https")
    served.answers("/wp-json/", html("", status=404))
    assert codes(looked()) == ["not-wordpress"]


def test_shortcodes_that_nobody_rendered(served, looked):
    served.answers(
        "/", html('<p>[ts_immo_search type="house"]</p><p>[ts_immo_latest]</p>', HEAD), scheme="https"
    )
    look = looked()
    assert (look.verdict, codes(look)) == (Condition.UP, ["shortcodes"])
    assert look.faults[0].facts["names"] == "[ts_immo_search], [ts_immo_latest]"


@pytest.mark.parametrize("path", ["/robots.txt", "/wp-json/"])
def test_a_site_that_goes_down_in_the_middle_counts_as_it_was_seen(served, looked, path):
    served.answers(path, by_hand(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"))
    look = looked()
    assert (look.verdict, codes(look)) == (Condition.UP, [])


def test_what_takes_too_long_after_the_home_page_is_left_out(served, looked, brief):
    served.answers("/robots.txt", by_hand(20.0))
    began = time.monotonic()
    look = looked()
    assert time.monotonic() - began < 2
    assert (look.verdict, codes(look)) == (Condition.UP, [])
    assert "/wp-json/" not in served.paths()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\0\0\0",
        b"<" * 100_000,
        b"<div>" * 100_000,
        b"\xff\xfe" * 1000,
        b"&" * 100_000,
        b"<html><meta name>",
    ],
)
def test_home_pages_that_are_hardly_pages(served, looked, body):
    served.answers("/", Answer(200, body, {"Content-Type": "text/html; charset=nonsense-8"}), scheme="https")
    began = time.monotonic()
    assert looked().verdict == Condition.UP
    assert time.monotonic() - began < 3
