"""Sitemaps (sitemaps.org/protocol.html), as strangers write them: capped, and without entities."""

import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import urljoin, urlsplit

from lxml import etree

from estates.wordpress.models.proof import URL_LIMIT
from estates.wordpress.proof.hosts import same_site

FILE_LIMIT = 5_000_000
"""Bytes of a file as it comes; what comes beyond is left out."""
UNPACKED_LIMIT = 20_000_000
FILES, DEPTH, ADDRESSES = 50, 3, 50_000
PLACES = ("/wp-sitemap.xml", "/sitemap_index.xml", "/sitemap.xml")
"""WordPress core's, Yoast's and Rank Math's, everybody's: where robots.txt names none."""

_LINE = re.compile(r"^\s*sitemap\s*:\s*(\S{1,500})\s*$", re.IGNORECASE | re.MULTILINE)
_ESTATES = re.compile(r"bien|propert|listing|annonce|estate|immo|offre|vente|location|objekt|produit|product")
_NO_ESTATES = re.compile(
    r"posts-(?:post|page|attachment)-|(?:^|/)(?:post|page|attachment)-sitemap|taxonom|users|author|categor|tag-|news|video"
)


class Unreadable(ValueError):
    """No sitemap, or one that no honest site has."""


@dataclass(frozen=True)
class Sitemap:
    """What a file lists: further files where `is_index`, else pages."""

    is_index: bool
    addresses: tuple[str, ...]


def named_in_robots(text: str, home: str) -> list[str]:
    """The sitemaps on the site's own host that its robots.txt names."""
    found: dict[str, None] = {}
    for line in _LINE.findall(text[:FILE_LIMIT]):
        with suppress(ValueError):
            found[urljoin(home, line)] = None
    return [url for url in found if is_own(url, home)][:FILES]


def read_sitemap(body: bytes, home: str) -> Sitemap:
    """The addresses of a file that lie on the site of `home`, each once. Raises `Unreadable`."""
    kinds: set[str] = set()
    found: dict[str, None] = {}
    try:
        for kind, address in _entries(unpacked(body)):
            kinds.add(kind)
            url = address.strip()
            if len(url) <= URL_LIMIT and url.isprintable() and is_own(url, home):
                found[url] = None
            if len(found) >= ADDRESSES:
                break
    except etree.XMLSyntaxError as error:
        if not found:
            raise Unreadable("not XML") from error
    if not kinds:
        raise Unreadable("no sitemap")
    return Sitemap("sitemap" in kinds, tuple(found))


def unpacked(body: bytes) -> bytes:
    """The bytes of a gzip file up to the limit; other bytes as they are. Raises `Unreadable`."""
    if not body.startswith(b"\x1f\x8b"):
        return body[:UNPACKED_LIMIT].lstrip()
    try:
        return zlib.decompressobj(31).decompress(body, UNPACKED_LIMIT).lstrip()
    except zlib.error as error:
        raise Unreadable("broken gzip") from error


def is_own(url: str, home: str) -> bool:
    try:
        parts = urlsplit(url)
        usual = parts.scheme in ("http", "https") and parts.port in (None, 80, 443) and not parts.username
        return usual and same_site(url, home)
    except ValueError:
        return False


def may_hold_estates(sitemap: str) -> bool | None:
    """What a file's name says of its pages: estates, none, or None where it says nothing."""
    name = urlsplit(sitemap).path.lower()
    if _NO_ESTATES.search(name):
        return False
    return True if _ESTATES.search(name) else None


def _entries(xml: bytes) -> Iterator[tuple[str, str]]:
    """`("url" or "sitemap", address)` in the order of the file."""
    parsing = etree.iterparse(
        BytesIO(xml),
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    first = True
    for event, element in parsing:
        if event == "start":
            if first and element.getroottree().docinfo.doctype:
                raise Unreadable("a document type")
            if first and _name(element) not in ("urlset", "sitemapindex"):
                raise Unreadable("no sitemap")
            first = False
        elif _name(element) in ("url", "sitemap"):
            address = next((child.text for child in element if _name(child) == "loc" and child.text), "")
            yield _name(element), address
            _forget(element)


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _forget(element: etree._Element) -> None:
    """Frees what was read: a file of 50,000 addresses is never held as a tree."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
