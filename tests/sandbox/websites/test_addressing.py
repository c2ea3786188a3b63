"""Which website a request is for, and what it is there."""

import time

import pytest
import requests

from portal.sandbox import sandbox
from portal.sandbox.messages import Refusal, Request
from portal.sandbox.websites.routes import ROUTES, SCHEME, SiteRouter
from tests.sandbox.websites.conftest import DOMAIN, HOME, Visitor


@pytest.mark.parametrize(
    ("host", "scheme", "name", "seen"),
    [
        (DOMAIN, "http", DOMAIN, "http"),
        (DOMAIN, "https", DOMAIN, "https"),
        ("WWW.Agence-Martin.EXAMPLE:8843", "https", DOMAIN, "https"),
        (f"{DOMAIN}.localhost:8880", "http", DOMAIN, "https"),
        ("", "http", "", "http"),
        ("[", "https", "", "https"),
    ],
)
def test_host_and_scheme(box, host, scheme, name, seen):
    sent = Request("GET", "/bien/", headers={"host": host, SCHEME: "forged"})
    addressed = box.websites.addressed(sent, scheme)
    assert addressed.path == f"//{name}/bien/"
    assert addressed.headers[SCHEME] == seen


def test_nobody_is_believed_who_says_that_he_came_by_https(box):
    headers = {"Host": DOMAIN, "X-Forwarded-Proto": "https"}
    home = f"http://127.0.0.1:{box.doors.http.server_port}/"
    assert requests.get(home, headers=headers, timeout=5, allow_redirects=False).status_code == 301


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("GET", "a.example/", "website_home"),
        ("HEAD", "a.example/", "website_home"),
        ("GET", "a.example/bien/", "website_estates"),
        ("GET", "a.example/bien/page/2/", "website_estates"),
        ("GET", "a.example/bien/x-1/", "website_estate"),
        ("GET", "a.example/wp-sitemap-posts-bien-12.xml", "website_sitemap"),
        ("GET", "a.example/wp-login.php", "website_missing"),
        ("GET", "a.example", "website_home"),
    ],
)
def test_routes(method, path, operation):
    route, _ = SiteRouter(ROUTES).match(Request(method, f"//{path}"), "//")
    assert route.operation == operation


def test_only_reading():
    with pytest.raises(Refusal) as refused:
        SiteRouter(ROUTES).match(Request("POST", "//a.example/contact/"), "//")
    assert refused.value.status == 405


def test_the_dial_knows_the_pages(box, visit):
    box.fault("error_500", operation="website_robots")
    assert visit(f"{HOME}robots.txt").status == 500
    assert visit(HOME).status == 200


def test_times_run_out(box, visit):
    box.fault("error_500", site=DOMAIN, times=2)
    assert [visit(HOME).status for _ in range(3)] == [500, 500, 200]


def test_latency_is_for_pages_and_not_for_what_lies_on_them(tmp_path):
    with sandbox(estates=1, latency=200, websites=tmp_path) as box:
        visit = Visitor(box)
        started = time.monotonic()
        assert visit(HOME).status == 200
        assert time.monotonic() - started >= 0.2
        started = time.monotonic()
        assert visit(f"{HOME}wp-content/themes/agence/style.css").status == 200
        assert time.monotonic() - started < 0.2


def test_a_site_of_two_accounts_belongs_to_who_added_it(box):
    box.websites.add("www.riviera.example", box.account("riviera"))
    assert box.websites.site("www.riviera.example").account.slug == "riviera"
    assert box.websites.site("www.nobody.example") is None
    assert box.websites.domains() == [DOMAIN, "www.riviera.example"]
