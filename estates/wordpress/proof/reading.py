"""A web page as a visitor sees it: its headlines, its text, its prices, and the state that it names.

Estates that a page only recommends are set aside: what stands in a block named so, below a headline that says so,
or inside a link that leads elsewhere. The page is not trusted: it is cut, never followed, and read without recursion.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urljoin, urlsplit

from lxml import etree

from estates.wordpress.proof.offers import Offer, offers_in, price_of
from estates.wordpress.proof.prices import Price, prices_in
from estates.wordpress.proof.statuses import family_in_title, family_of
from estates.wordpress.proof.text import decoded, folded

LONGEST = 2_000_000
"""Bytes of a page that are read; those of a theme end far below."""
TEXT_LIMIT = 200_000
SCRIPTS = 20
HEADLINES_READ = 200
CLIMB = 4
HIDDEN = frozenset(
    {"script", "style", "noscript", "template", "svg", "iframe", "head", "select", "textarea", "object"}
)
STRUCK = frozenset({"del", "s", "strike"})
ASIDE = frozenset({"nav", "footer", "aside"})
INLINE = frozenset(
    {
        "a",
        "abbr",
        "b",
        "bdi",
        "big",
        "cite",
        "code",
        "em",
        "font",
        "i",
        "ins",
        "label",
        "mark",
        "small",
        "span",
    }
    | {"strong", "sub", "sup", "time", "u", "var", "wbr", "img", "meta", "link", "q"}
)
HEADLINES = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_OTHERS = re.compile(
    r"(?:^|[\s_-])(?:simila|related|suggest|recommand|recommend|autres-|other-|vous-aim|nearby|latest-|derniers-|aehnlich)"
)
_OTHERS_SAID = re.compile(
    r"similaire|similar|autres (?:biens|annonces|offres)|vous aimer|pourrai(?:ent|t) vous"
    r"|meme (?:secteur|ville|quartier)"
    r"|a proximite|derni(?:ers|eres) (?:biens|annonces)|nos coups de|related|you may also|other properties"
    r"|latest (?:properties|listings)|ahnlich|weitere (?:angebote|objekte|immobilien)|das konnte"
)
_BLANK = re.compile(r"\s*\n\s*")
_FIGURE = re.compile(r"\d")
_BADGE = re.compile(r"label|status|statut|badge|ribbon|etat|tag|sticker|bandeau")


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
    reader = _Reader(root, url)
    text = _BLANK.sub("\n", "".join(reader.pieces)[:TEXT_LIMIT])
    names = "\n".join(_names(root))
    headlines = "\n".join(reader.headlines)
    families = {family_of(line) for line in text.splitlines()}
    families |= {family_in_title(line) for line in (*reader.headlines, names.partition("\n")[0])}
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
        (*_meta_prices(root), *reader.marked),
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


class _Reader:
    """Walks the page once, in its order."""

    def __init__(self, root: etree._Element, url: str) -> None:
        self.pieces: list[str] = []
        self.headlines: list[str] = []
        self.marked: list[Price] = []
        self._url = url
        self._skipped: etree._Element | None = None
        self._length = 0
        for event, element in etree.iterwalk(root, events=("start", "end")):
            if event == "start":
                self._open(element)
            else:
                self._close(element)
            if self._length > TEXT_LIMIT:
                break

    def _open(self, element: etree._Element) -> None:
        if self._skipped is not None:
            return
        tag = element.tag if isinstance(element.tag, str) else ""
        if self._is_left_out(element, tag):
            self._skipped = element
            return
        if tag in HEADLINES:
            line = " ".join(" ".join(islice(_texts(element), 50)).split())[:500]
            if tag != "h1" and _OTHERS_SAID.search(folded(line)):
                self._skipped = _block_of(element, line)
                return
            self.headlines = [*self.headlines[:HEADLINES_READ], line]
        if tag == "img":
            self._say(f"\n{' '.join((element.get('alt') or '').split())[:200]}\n")
        if element.get("itemprop") == "price":
            self.marked += filter(None, [price_of(element.get("content"))])
        self._say(_edge(element) + " ".join((element.text or "").split()))

    def _close(self, element: etree._Element) -> None:
        if self._skipped is not None:
            if element is not self._skipped:
                return
            self._skipped = None
        self._say(_edge(element) + " ".join((element.tail or "").split()))

    def _say(self, text: str) -> None:
        self.pieces.append(text)
        self._length += len(text)

    def _is_left_out(self, element: etree._Element, tag: str) -> bool:
        if tag in HIDDEN or tag in STRUCK or tag in ASIDE or element.get("hidden") is not None:
            return True
        named = folded(f"{element.get('class') or ''} {element.get('id') or ''}"[:300])
        if tag == "a":
            return self._leads_elsewhere(element.get("href") or "") and not _BADGE.search(named)
        return tag not in ("html", "body", "main") and bool(_OTHERS.search(named))

    def _leads_elsewhere(self, href: str) -> bool:
        """A link to another page; not one within this one, to a telephone, or to a picture of the estate."""
        try:
            there, here = urlsplit(urljoin(self._url, href.strip())), urlsplit(self._url)
        except ValueError:
            return True
        if there.scheme not in ("http", "https", "") or not href.strip() or href.startswith("#"):
            return False
        return (there.netloc, there.path.rstrip("/")) != (here.netloc, here.path.rstrip("/"))


def _texts(element: etree._Element) -> Iterator[str]:
    return (text for text in element.itertext() if isinstance(text, str))


def _edge(element: etree._Element) -> str:
    """What parts an element from its surroundings. Inline ones with a class are drawn apart, mostly."""
    return " " if element.tag in INLINE and not element.get("class") else "\n"


def _block_of(headline: etree._Element, line: str) -> etree._Element:
    """What a headline stands over: the next block around it in which there are figures beside the headline."""
    block = headline
    for _level in range(CLIMB):
        above = block.getparent()
        if above is None or any(_FIGURE.search(text) for text in _texts(above) if text.strip() not in line):
            return block if above is None else above
        block = above
    return block
