"""Sitemaps as sites write them, and as somebody writes them who means harm."""

import gzip
import time
import tracemalloc

import pytest

from estates.wordpress.proof.sitemaps import (
    ADDRESSES,
    UNPACKED_LIMIT,
    Unreadable,
    is_own,
    may_hold_estates,
    named_in_robots,
    read_sitemap,
    unpacked,
)

HOME = "https://www.agence-martin.example/"
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def urlset(*urls: str, prolog: str = '<?xml version="1.0" encoding="UTF-8"?>') -> bytes:
    entries = "".join(f"<url><loc>{url}</loc><lastmod>2026-01-01</lastmod></url>" for url in urls)
    return f'{prolog}<urlset xmlns="{NAMESPACE}">{entries}</urlset>'.encode()


def index(*urls: str) -> bytes:
    entries = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in urls)
    return f'<?xml version="1.0"?><sitemapindex xmlns="{NAMESPACE}">{entries}</sitemapindex>'.encode()


def test_pages_and_further_files():
    pages = read_sitemap(urlset(f"{HOME}bien/1/", f"{HOME}bien/2/", f"{HOME}bien/1/"), HOME)
    assert (pages.is_index, pages.addresses) == (False, (f"{HOME}bien/1/", f"{HOME}bien/2/"))
    files = read_sitemap(index(f"{HOME}wp-sitemap-posts-bien-1.xml"), HOME)
    assert (files.is_index, files.addresses) == (True, (f"{HOME}wp-sitemap-posts-bien-1.xml",))


@pytest.mark.parametrize(
    "body",
    [
        b"\n\n" + urlset(f"{HOME}a"),
        b"\xef\xbb\xbf" + urlset(f"{HOME}a"),
        urlset(f"{HOME}a", prolog=""),
        urlset(f"{HOME}a").replace(f' xmlns="{NAMESPACE}"'.encode(), b""),
        gzip.compress(urlset(f"{HOME}a")),
        urlset(f"\n  {HOME}a\n"),
        urlset(f"{HOME}a").replace(b"<url>", b"<?xml-stylesheet x?><!-- x --><url>"),
        urlset(f"{HOME}a")[:-9],
        f'<urlset xmlns="{NAMESPACE}" xmlns:i="x"><url><i:image><i:loc>{HOME}p.jpg</i:loc></i:image>'
        f"<loc>{HOME}a</loc></url></urlset>".encode(),
    ],
)
def test_spellings_of_a_file(body):
    assert read_sitemap(body, HOME).addresses == (f"{HOME}a",)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.other.example/a", "https://www.agence-martin.example.evil.example/a", "ftp://www.agence-martin.example/",
        "javascript:alert(1)", "//[", "/relative", "https://u:p@www.agence-martin.example/", "", "http://127.0.0.1/",
        f"{HOME}{'x' * 500}", "https://www.agence-martin.example@evil.example/",
        "https://www.agence-martin.example:8443/", "https://www.agence-martin.example:x/",
    ],
)  # fmt: skip
def test_addresses_elsewhere_are_left_out(url):
    assert read_sitemap(urlset(url.replace("&", "&amp;"), f"{HOME}a"), HOME).addresses == (f"{HOME}a",)


def test_the_same_site_with_and_without_www():
    assert is_own("http://agence-martin.example/x", HOME)
    assert is_own("https://AGENCE-MARTIN.example./x", HOME)


LAUGHS = b'<!DOCTYPE l [<!ENTITY a "ha">%s]><urlset><url><loc>%s&i;</loc></url></urlset>' % (
    b"".join(b'<!ENTITY %s "%s">' % (bytes([98 + n]), b"&%s;" % bytes([97 + n]) * 10) for n in range(9)),
    HOME.encode(),
)


@pytest.mark.parametrize(
    "body",
    [
        LAUGHS,
        LAUGHS.decode().encode("utf-16"),
        b'<!DOCTYPE urlset SYSTEM "http://evil.example/x.dtd">' + urlset(f"{HOME}a", prolog=""),
        b'<!DOCTYPE u [<!ENTITY x SYSTEM "file:///etc/passwd">]><urlset><url><loc>&x;</loc></url></urlset>',
        b"<html><body>404</body></html>",
        b"<rss><channel><item><link>x</link></item></channel></rss>",
        b"",
        b"not xml",
        b"\x1f\x8b broken",
        b"<urlset/>",
        b"<a>" * 100_000,
    ],
)
def test_what_is_refused(body):
    with pytest.raises(Unreadable):
        read_sitemap(body, HOME)


def test_a_bomb_stays_small():
    bomb = gzip.compress(b"<urlset>" + b" " * 400_000_000, 1)
    assert len(bomb) < 2_000_000
    tracemalloc.start()
    began = time.process_time()
    with pytest.raises(Unreadable):
        read_sitemap(bomb, HOME)
    assert tracemalloc.get_traced_memory()[1] < 5 * UNPACKED_LIMIT
    tracemalloc.stop()
    assert time.process_time() - began < 20
    assert len(unpacked(bomb)) == UNPACKED_LIMIT


def test_no_more_addresses_than_the_limit():
    many = urlset(*(f"{HOME}{number}" for number in range(ADDRESSES + 5000)))
    assert len(read_sitemap(many, HOME).addresses) == ADDRESSES


def test_robots():
    text = (
        f"User-agent: *\nDisallow: /\nsitemap:{HOME}a.xml\nSITEMAP : /b.xml\r\nSitemap: https://evil.example/c.xml\n"
        f"# Sitemap: {HOME}d.xml\nSitemap: {HOME}a.xml\nSitemap: https://[\n"
    )
    assert named_in_robots(text, HOME) == [f"{HOME}a.xml", f"{HOME}b.xml"]


@pytest.mark.parametrize(
    ("name", "likely"),
    [
        ("wp-sitemap-posts-bien-1.xml", True), ("property-sitemap.xml", True), ("sitemap-annonces.xml.gz", True),
        ("wp-sitemap-posts-post-1.xml", False), ("wp-sitemap-taxonomies-property_city-1.xml", False),
        ("page-sitemap.xml", False), ("wp-sitemap-users-1.xml", False), ("sitemap.xml", None),
    ],
)  # fmt: skip
def test_what_a_name_says_of_its_pages(name, likely):
    assert may_hold_estates(HOME + name) is likely
