"""What a visitor sees: WordPress' marks, estates in French, and the ways in which a page is not there."""

import json
import re
import socket

import pytest
from lxml import html

from portal.sandbox.websites import estates
from tests.sandbox.websites.conftest import DOMAIN, HOME, Visitor


def document_of(answer):
    return html.fromstring(answer.data.decode())


def text_of(answer):
    return document_of(answer).text_content()


def current(box, published):
    """A published estate whose page is up to date."""
    shown = box.account("martin").mirrors[DOMAIN]
    return next(
        estate
        for estate in published()
        if (page := shown.get(estate.reference)) and not page.broken and page.price == estate.price
        and page.status == estate.status and estate.price
    )  # fmt: skip


def test_home_carries_wordpress_marks_and_estates(box, visit):
    answer = visit(HOME)
    assert answer.status == 200
    assert answer.headers["Link"] == f'<{HOME}wp-json/>; rel="https://api.w.org/"'
    page = document_of(answer)
    assert page.xpath("//link[@rel='https://api.w.org/']/@href") == [f"{HOME}wp-json/"]
    assert page.xpath("//meta[@name='generator']/@content")[0].startswith("WordPress ")
    assert page.xpath("//link[@rel='canonical']/@href") == [HOME]
    assert len(page.find_class("carte")) == 6
    assert "[ts_immo" not in text_of(answer)


def test_a_page_says_what_ts_immo_says(box, visit, published):
    estate = current(box, published)
    answer = visit(estate.public_url)
    assert answer.status == 200
    page = document_of(answer)
    assert page.find_class("reference")[0].text_content() == f"Réf. : {estate.reference}"
    price = page.find_class("bien")[0].find_class("prix")[0].text_content()
    assert re.sub(r"\D", "", price.split(",")[0]) == str(estate.price)
    assert " " not in price.split("€")[0].split("CHF")[0]
    assert page.find_class("bien")[0].find_class("statut")[0].text_content() == "Disponible"
    assert estate.mould.title in text_of(answer)
    [data] = page.xpath("//script[@type='application/ld+json']/text()")
    described = json.loads(data)
    assert described["identifier"] == estate.reference
    assert described["offers"]["price"] == str(estate.price)
    assert described["url"] == estate.public_url


def test_a_page_without_its_last_slash_leads_to_it(visit, published):
    address = published()[0].public_url
    answer = visit(address.rstrip("/"))
    assert (answer.status, answer.headers["Location"]) == (301, address)


def test_the_list_leads_to_every_estate_and_ends(box, visit):
    seen: set[str] = set()
    for number in range(1, 9):
        answer = visit(f"{HOME}bien/page/{number}/")
        if answer.status == 404:
            break
        seen |= set(document_of(answer).xpath("//article[@class='carte']/a/@href"))
    assert (number, answer.status) == (5, 404)
    assert len(seen) == len(list(box.account("martin").mirrors[DOMAIN]))
    assert all(visit(f"https://{DOMAIN}{path}").status in (200, 500) for path in sorted(seen)[:10])


@pytest.mark.parametrize(
    "path",
    ["nowhere", "bien/appartement-mart-0001/", "bien/x/", "bien/page/0/", "bien/page/x/", "bien/page/999/",
     "wp-sitemap-posts-bien-2.xml", "wp-sitemap-posts-bien-x.xml", "wp-admin/../..", "a/b/c/d"],
)  # fmt: skip
def test_what_is_not_there_is_wordpress_404(visit, path):
    answer = visit(f"{HOME}{path}")
    assert answer.status == 404
    assert "introuvable" in text_of(answer)


def test_titles_cannot_break_out(box, visit):
    """Ts-Immo's texts come from agents' keyboards."""
    account = box.account("martin")
    estate = account.estates[-1]
    object.__setattr__(estate.mould, "title", "<script>alert(1)</script> & Cie")
    account.change_status(estate.id, "</script><b>x")
    account.mirrors[DOMAIN].receive(estate)
    for path in ("/", f"/bien/script-alert-1-script-cie-{estate.reference.lower()}/"):
        answer = visit(f"https://{DOMAIN}{path}")
        assert answer.status == 200
        assert b"<script>alert" not in answer.data
        assert b"<b>x" not in answer.data


def test_head_and_other_verbs(visit):
    answer = visit(HOME, "HEAD")
    assert (answer.status, answer.data) == (200, b"")
    assert visit(HOME, "POST").status == 405


def test_pictures_and_style_are_served_and_not_logged(box, visit):
    [source, *_] = document_of(visit(HOME)).xpath("//article//img/@src")
    picture = visit(f"https://{DOMAIN}{source}")
    assert picture.headers["Content-Type"] == "image/jpeg"
    assert picture.data[:2] == b"\xff\xd8"
    for style in document_of(visit(HOME)).xpath("//link[@rel='stylesheet']/@href"):
        assert visit(f"https://{DOMAIN}{style}").headers["Content-Type"].startswith("text/css")
    assert visit(f"https://{DOMAIN}{source.replace('/1.jpg', '/99.jpg')}").status == 404
    assert {entry.operation for entry in box.received} == {"website_home"}


def test_http_leads_to_https_and_a_local_name_does_not(box, visit):
    answer = visit(f"http://{DOMAIN}/bien/")
    assert (answer.status, answer.headers["Location"]) == (301, f"{HOME}bien/")
    assert visit(f"http://{DOMAIN}.localhost/bien/").status == 200
    assert box.doors.local_address(DOMAIN) == f"http://{DOMAIN}.localhost:{box.doors.http.server_port}/"


def test_a_name_without_a_website_is_a_parked_one(visit):
    answer = visit("http://www.nobody.example/")
    assert answer.status == 404
    assert "Aucun site" in answer.data.decode()


@pytest.mark.parametrize("host", ["", "[", "a" * 500, "www.agence-martin.example.", "%00", "[::1]"])
def test_strange_hosts_are_nobodys(box, host):
    with socket.create_connection(("127.0.0.1", box.doors.http.server_port), timeout=5) as connection:
        connection.sendall(f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        assert connection.recv(4096).startswith(b"HTTP/1.1 404 ")


def test_two_agencies_two_websites(box, visit):
    riviera = box.websites.add("www.riviera.example", box.account("riviera"))
    assert riviera.name in text_of(visit("https://www.riviera.example/"))
    assert "MART-" not in text_of(visit("https://www.riviera.example/bien/"))
    own = current_path(box)
    assert visit(f"https://{DOMAIN}{own}").status == 200
    assert visit(f"https://www.riviera.example{own}").status == 404


def current_path(box):
    return next(estates.path(s) for s in box.account("martin").mirrors[DOMAIN] if not s.broken)


def test_the_log_tells_which_site_and_page(box, visit):
    visit(f"{HOME}robots.txt")
    [entry] = box.received
    assert (entry.system, entry.operation) == ("websites", "website_robots")
    assert (entry.path, entry.account, entry.status) == (f"//{DOMAIN}/robots.txt", "Agence Martin", 200)


def test_visitors_reach_nothing_else_of_the_sandbox(box):
    """The control page and the remote systems are on the other port alone."""
    port = box.doors.http.server_port
    for path in ("/__sandbox/state", "/ts-immo/v1/estates"):
        assert Visitor(box)(f"http://localhost:{port}{path}").status == 404
