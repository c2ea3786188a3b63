"""What a home page and its robots.txt say, read without believing any of it."""

import re
from dataclasses import dataclass
from typing import cast
from urllib.parse import urljoin
from urllib.robotparser import RobotFileParser

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from estates.remotes.web import Page

REST_RELATION = "https://api.w.org/"
PLUGIN_FOLDER = "/wp-content/plugins/ts-immo"
"""Pictures, styles and scripts of the Ts-Immo plugin lie below it; its exact name is unpublished."""
NAMES_KEPT = 10

_SHORTCODE = re.compile(r"\[/?(ts_immo_[a-z_]{1,60})")
_GENERATOR = re.compile(r"WordPress\s*([0-9][0-9.]{0,15})?", re.IGNORECASE)
_LINK = re.compile(r"<([^<>\s]{1,500})>\s*;[^,<]{0,100}rel=\"?" + re.escape(REST_RELATION))
_CHARSET = re.compile(r"charset=[\"']?([\w-]{1,40})", re.IGNORECASE)
_VISIBLE = etree.XPath(
    "//body//text()[not(ancestor::script or ancestor::style or ancestor::pre or ancestor::code"
    " or ancestor::textarea or ancestor::template)]"
)


@dataclass(frozen=True, slots=True)
class Home:
    """What a home page says of itself.

    `rest` is where it says that WordPress's interface is, or empty. `shortcodes` are names that stand in the text
    because no plugin put anything in their place.
    """

    is_wordpress: bool
    version: str
    rest: str
    noindex: bool
    plugin: bool
    shortcodes: tuple[str, ...]


def read_home(page: Page) -> Home:
    tree = _parsed(page)
    metas = [] if tree is None else list(tree.iter("meta"))
    generators = [_GENERATOR.search(each) for each in _contents(metas, "generator")]
    generator = next((found for found in generators if found), None)
    rest = _rest(page, tree)
    robots = [
        *_contents(metas, "robots"),
        *_contents(metas, "googlebot"),
        page.headers.get("x-robots-tag", ""),
    ]
    return Home(
        is_wordpress=bool(generator or rest or b"/wp-content/" in page.body or b"/wp-includes/" in page.body),
        version=generator[1] or "" if generator else "",
        rest=rest,
        noindex=any(_forbids(words) for words in robots),
        plugin=PLUGIN_FOLDER.encode() in page.body,
        shortcodes=_shortcodes(tree),
    )


def shuts_out(page: Page) -> bool:
    """Whether a robots.txt keeps search engines from the home page."""
    if page.status != 200 or "html" in page.headers.get("content-type", ""):
        return False
    rules = RobotFileParser()
    rules.parse(page.body.decode("utf-8", "replace").lstrip("\ufeff").splitlines())
    return not rules.can_fetch("Googlebot", "/")


def _parsed(page: Page) -> HtmlElement | None:
    declared = _CHARSET.search(page.headers.get("content-type", ""))
    try:
        parser = HTMLParser(
            encoding=declared[1] if declared else None, recover=True, no_network=True, huge_tree=False
        )
    except LookupError:
        parser = HTMLParser(recover=True, no_network=True, huge_tree=False)
    try:
        return document_fromstring(page.body.replace(b"\0", b""), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None  # not a page: nothing can be said of it


def _contents(metas: list[HtmlElement], name: str) -> list[str]:
    return [meta.get("content") or "" for meta in metas if (meta.get("name") or "").strip().lower() == name]


def _forbids(words: str) -> bool:
    """The directives of a robots meta or header, in which a crawler may be named first."""
    return bool({"noindex", "none"} & {word.strip() for word in re.split("[,:]", words.lower())})


def _rest(page: Page, tree: HtmlElement | None) -> str:
    announced = _LINK.search(page.headers.get("link", "")[:5000])
    links = [] if tree is None else [link for link in tree.iter("link") if link.get("rel") == REST_RELATION]
    found = announced[1] if announced else next((link.get("href") or "" for link in links), "")
    try:
        return urljoin(page.url, found)[:500] if found else ""
    except ValueError:
        return ""


def _shortcodes(tree: HtmlElement | None) -> tuple[str, ...]:
    if tree is None:
        return ()
    texts = cast(list[str], _VISIBLE(tree))
    found = {name: None for text in texts for name in _SHORTCODE.findall(text)}
    return tuple(found)[:NAMES_KEPT]
