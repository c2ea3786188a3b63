"""What a page shows, and that no page breaks the reader or keeps it long."""

import random
import time

import pytest

from estates.wordpress.proof.offers import offers_in, price_of
from estates.wordpress.proof.reading import Content, read_page
from estates.wordpress.proof.text import decoded, folded
from estates.wordpress.proof.walking import TEXT_LIMIT

URL = "https://www.a.example/bien/1/"
SECONDS = 5
"""Far more than any of these pages takes, on a busy machine too."""


def read(body: str, head: str = "") -> Content:
    page = f"<html><head>{head}</head><body>{body}</body></html>"
    return read_page(page.encode(), "text/html; charset=utf-8", URL)


def test_what_a_visitor_sees_and_nothing_else():
    content = read(
        "<h1>Villa <b>d'été</b></h1><p hidden>caché</p><script>var p = '1 €'</script><style>p{}</style>"
        "<noscript>sans</noscript><template>T</template><!-- 2 € --><select><option>3 €</option></select>"
        '<img alt="Vendu" src="x"><p>visible</p>'
    )
    assert content.text == "villa d'ete\nvendu\nvisible"
    assert content.headlines == "villa d'ete"
    assert content.families == {"sold"}
    assert content.prices == ()


def test_links_elsewhere_are_about_something_else():
    elsewhere = '<a href="/bien/2/">1 €</a><a href="https://b.example/bien/1/">2 €</a><a href="[">3 €</a>'
    here = '<a href="#x">4 €</a><a href="/bien/1">5 €</a><a href="tel:+33">6 €</a><a>7 €</a>'
    assert [int(price.amount) for price in read(elsewhere + here).prices] == [4, 5, 6, 7]


@pytest.mark.parametrize(
    "headline",
    [
        "Biens similaires",
        "Vous aimerez aussi",
        "Dans le même secteur",
        "Similar properties",
        "Ähnliche Immobilien",
    ],
)
@pytest.mark.parametrize(
    "shape",
    [
        "<h1>V</h1><p>1 €</p><h2>{}</h2><div>2 €</div><p>3 €</p>",
        "<h1>V</h1><p>1 €</p><section><h3>{}</h3><div>2 €</div></section>",
        "<h1>V</h1><p>1 €</p><div><div><h4>{}</h4><p>Nos idées</p></div><div>2 €</div></div>",
        "<div><h1>V</h1></div><div><div><h3>{}</h3></div><ul><li>2 €</li></ul></div><div>1 €</div>",
    ],
)
def test_what_stands_below_a_headline_of_others(headline, shape):
    assert [int(price.amount) for price in read(shape.format(headline)).prices] == [1]


@pytest.mark.parametrize("named", ["similar-listings", "related posts", "w autres-biens", "block_nearby"])
def test_what_is_named_so(named):
    assert read(f'<div class="{named}">1 €</div><div id="{named}">2 €</div>').prices == ()
    assert read('<div class="martin-associes unrelated">1 €</div>').prices != ()


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        ("é€".encode(), "text/html; charset=utf-8", "é€"),
        ("é€".encode(), "", "é€"),
        ("é€".encode("cp1252"), "text/html; charset=utf-8", "é€"),
        ("é€".encode("cp1252"), "text/html; charset=ISO-8859-1", "é€"),
        ("é€".encode("cp1252"), "", "é€"),
        ('<meta charset="windows-1252">é€'.encode("cp1252"), "", '<meta charset="windows-1252">é€'),
        ("é€".encode("utf-16"), "text/html", "é€"),
        ("\ufeffé€".encode(), "", "é€"),
        ("é€".encode(), "text/html; charset=klingon", "é€"),
        ("é€".encode(), "text/html; charset=base64", "é€"),
        ("é".encode() * 5000 + b"\xe2\x82", "text/html; charset=utf-8", "é" * 5000),
        (b"a\0b", "text/html; charset=utf-8", "ab"),
        (b"\x81\x8d", "", "\ufffd\ufffd"),
    ],
)
def test_bytes_are_read_whatever_they_claim_to_be(body, content_type, text):
    assert decoded(body, content_type) == text


def test_folding():
    assert folded("  L’Été\u202f2026 – ŒUVRE\u00a0№ 5 ") == "l'ete 2026 - œuvre no 5"


HOSTILE = {
    "ten megabytes": b"<p>450 000 EUR REF-1 " * 500_000,
    "deep": b"<div>" * 300_000 + b"1 EUR" + b"</div>" * 300_000,
    "spans": b"<span class=x>" * 300_000,
    "entities": b"&amp;&#x20AC;&bogus;&#0;&#xD800;" * 200_000,
    "NULs": b"\0" * 2_000_000,
    "digits": b"1" * 2_000_000,
    "groups": b"1 111 111 111 " * 150_000,
    "dots": b"1.111" * 400_000,
    "labels": b"ref. n\xc2\xb0 : " * 200_000,
    "fees": b"honoraires " * 200_000 + b"100 EUR",
    "headlines": b"<div><h2>Biens similaires</h2></div>" * 50_000,
    "headlines within": b"<h1>" * 50_000 + b"similaires",
    "an attribute": b"<a href='" * 200_000,
    "a class": b"<p class='" + b"x-similar " * 200_000 + b"'>1 EUR",
    "tables": b"<table><tr><td>" * 100_000,
    "UTF-16": ("<p>1 €</p>" * 100_000).encode("utf-16"),
    "chance": random.Random(7).randbytes(2_000_000),
    "a title": b"<title>" + b"vendu - " * 200_000,
    "JSON": b'<script type="application/ld+json">' + b'{"@graph":[' * 15_000 + b"</script>",
    "scripts": b'<script type="application/ld+json">{"price": 1}</script>' * 30_000,
    "pictures": b"<img alt='450 000 EUR'>" * 80_000,
}


@pytest.mark.parametrize("page", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_pages(page):
    began = time.process_time()
    content = read_page(page, "text/html", URL)
    assert time.process_time() - began < SECONDS
    assert len(content.text) <= TEXT_LIMIT * 2
    assert len(content.offers) <= 20
    assert "\0" not in content.said


@pytest.mark.parametrize("page", [b"", b" ", b"<", b"<!DOCTYPE html>", b"<!-- x", b"\xff\xfe", b"{}"])
def test_what_is_hardly_a_page(page):
    assert read_page(page, "", URL).prices == ()


def test_an_entity_is_never_looked_up(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("450 000 €")
    page = f'<!DOCTYPE html [<!ENTITY x SYSTEM "file://{secret}">]><p>&x;</p>'
    assert read_page(page.encode(), "", URL).prices == ()


@pytest.mark.parametrize(
    "script",
    [
        "", "[", "null", "[[[]]]", '{"offers": 1}', '{"offers": {"price": null}}',
        '{"offers": {"price": "sur demande"}}',
        '{"price": 1e999}', '{"price": NaN}', '{"price": -5}', '{"price": true}', '{"price": [1]}',
        '{"price": {"x": 1}}',
        '{"offers": {"price": 0}}', "[" * 50_000, '{"price": 1' + "0" * 400 + "}",
    ],
)  # fmt: skip
def test_scripts_without_an_offer(script):
    assert offers_in(script) == []


def test_places_of_a_price_for_machines():
    for script in (
        '{"offers": {"price": "450000"}}',
        '{"offers": [{"priceSpecification": {"price": 450000.0}}]}',
        '{"mainEntity": {"offers": {"lowPrice": 450000, "priceCurrency": "EUR"}}}',
        '{"about": [{"price": 450000}]}',
    ):
        (offer,) = offers_in(script)
        assert offer.prices[0].amount == 450_000


def test_a_machines_price():
    assert price_of("450 000", "eur").currency == "EUR"
    assert price_of(450_000.5, "\ud800€x").currency == ""
    assert price_of("450,000") is None
