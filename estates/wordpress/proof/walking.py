"""Walking through a page for what a visitor sees of the estate itself.

Estates that a page only recommends are set aside: what stands in a block named so, below a headline that says so,
or inside a link that leads elsewhere.
"""

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urljoin, urlsplit

from lxml import etree

from estates.wordpress.proof.offers import price_of
from estates.wordpress.proof.prices import Price
from estates.wordpress.proof.text import folded

TEXT_LIMIT = 200_000
"""Characters of a page's text that are read."""
HEADLINES_READ = 200
CLIMB = 4
HIDDEN = frozenset(
    ("script", "style", "noscript", "template", "svg", "iframe", "head", "select", "textarea", "object")
)
STRUCK = frozenset({"del", "s", "strike"})
ASIDE = frozenset({"nav", "footer", "aside"})
INLINE = frozenset({
    "a", "abbr", "b", "bdi", "big", "cite", "code", "em", "font", "i", "img", "ins", "label", "link", "mark", "meta",
    "q", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr",
})  # fmt: skip
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
_FIGURE = re.compile(r"\d")
_BADGE = re.compile(r"label|status|statut|badge|ribbon|etat|tag|sticker|bandeau")


class Walk:
    """What was met on one way through a page, in its order: pieces of text, headlines, prices that markup names."""

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
