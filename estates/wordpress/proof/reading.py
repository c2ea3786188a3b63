"""A web page as a visitor sees it: its headlines, its text, its prices, and the state that it names.

The page is not trusted: it is cut, never followed, and read without recursion.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from estates.wordpress.proof.offers import Offer, offers_in, price_of
from estates.wordpress.proof.prices import Price, prices_in
from estates.wordpress.proof.statuses import family_in_title, family_of
from estates.wordpress.proof.text import decoded, folded
from estates.wordpress.proof.walking import TEXT_LIMIT, Walk

LONGEST = 2_000_000
"""Bytes of a page that are read; those of a theme end far below."""
SCRIPTS = 20
_BLANK = re.compile(r"\s*\n\s*")


@dataclass(frozen=True)
class Content:
    """What a page shows. `text`, `headlines` and `names` (what it calls itself in its head) are `folded`;
    `marked` are prices that its markup names; `families` are states as `statuses` calls them.
    """

    text: str = ""
    headlines: str = ""
    names: str = ""
    prices: tuple[Price, ...] = ()
    marked: tuple[Price, ...] = ()
    offers: tuple[Offer, ...] = ()
    families: frozenset[str] = frozenset()

    @property
    def said(self) -> str:
        return f"{self.names}\n{self.text}"


def read_page(body: bytes, content_type: str = "", url: str = "") -> Content:
    """What a page says; an empty `Content` for what is no HTML."""
    root = _parsed(decoded(body[:LONGEST], content_type))
    if root is None:
        return Content()
    walk = Walk(root, url)
    text = _BLANK.sub("\n", "".join(walk.pieces)[:TEXT_LIMIT])
    names = "\n".join(_names(root))
    headlines = "\n".join(walk.headlines)
    families = {family_of(line) for line in text.splitlines()}
    families |= {family_in_title(line) for line in (*walk.headlines, names.partition("\n")[0])}
    scripts = root.iterfind(".//script[@type='application/ld+json']")
    offers = [
        offer
        for _n, script in zip(range(SCRIPTS), scripts, strict=False)
        for offer in offers_in(script.text or "")
    ]
    return Content(
        folded(text),
        folded(headlines),
        folded(names),
        tuple(prices_in(text)),
        (*_meta_prices(root), *walk.marked),
        tuple(offers),
        frozenset(families - {""}),
    )


def _parsed(text: str) -> etree._Element | None:
    parser = etree.HTMLParser(
        encoding="utf-8",
        recover=True,
        huge_tree=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None


def _names(root: etree._Element) -> Iterator[str]:
    """The title first, then what the page says for searches and networks."""
    yield " ".join((root.findtext(".//title") or "").split())[:500]
    for meta in root.iterfind(".//meta"):
        if (meta.get("property") or meta.get("name") or "") in ("og:title", "twitter:title"):
            yield " ".join((meta.get("content") or "").split())[:500]


def _meta_prices(root: etree._Element) -> Iterator[Price]:
    """Open Graph: `product:price:amount`, `og:price:amount`."""
    said = {meta.get("property"): meta.get("content") for meta in root.iterfind(".//meta[@property]")}
    for prefix in ("product", "og"):
        price = price_of(said.get(f"{prefix}:price:amount"), said.get(f"{prefix}:price:currency"))
        if price:
            yield price
