"""What a website tells machines: robots.txt, the root of its REST API, and the sitemaps of WordPress' core."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from portal.sandbox.messages import Answer, Request, json_answer
from portal.sandbox.websites import estates, pages
from portal.sandbox.websites.website import Website

PER_SITEMAP = 2_000
"""As in WordPress: `wp_sitemaps_get_max_urls`."""
PAGES = ("/", "/estimation/", "/contact/")
NAMESPACES = ("oembed/1.0", "wp/v2", "wp-site-health/v1")
XML = "application/xml; charset=UTF-8"


def robots(request: Request, website: Website) -> Answer:
    lines = ["User-agent: *", "Disallow: /wp-admin/", "Allow: /wp-admin/admin-ajax.php", ""]
    if website.indexed:
        lines += [f"Sitemap: {website.address}/wp-sitemap.xml", ""]
    return Answer(200, "\n".join(lines).encode(), "text/plain; charset=utf-8")


def rest_root(request: Request, website: Website) -> Answer:
    if not website.rest:
        return pages.missing(request, website)
    return json_answer(
        {
            "name": website.name,
            "description": "",
            "url": website.address,
            "home": website.address,
            "gmt_offset": "1",
            "timezone_string": "Europe/Paris",
            "namespaces": list(NAMESPACES),
            "authentication": [],
            "routes": {"/": {"namespace": "", "methods": ["GET"]}},
        }
    )


def sitemap_index(request: Request, website: Website) -> Answer:
    """Like the other sitemaps it is gone where search engines are unwelcome."""
    if not website.indexed:
        return pages.missing(request, website)
    count = -(-len(list(website.mirror)) // PER_SITEMAP) if website.plugin else 0
    names = ["posts-page-1", *(f"posts-bien-{at}" for at in range(1, count + 1))]
    return _xml("sitemapindex", "sitemap", [f"{website.address}/wp-sitemap-{name}.xml" for name in names])


def page_sitemap(request: Request, website: Website) -> Answer:
    if not website.indexed:
        return pages.missing(request, website)
    return _xml("urlset", "url", [f"{website.address}{path}" for path in PAGES])


def estate_sitemap(request: Request, website: Website, number: str) -> Answer:
    at = int(number) if number.isascii() and number.isdigit() and len(number) < 5 else 0
    listed = list(website.mirror)[(at - 1) * PER_SITEMAP : at * PER_SITEMAP] if at else []
    if not (listed and website.indexed and website.plugin):
        return pages.missing(request, website)
    return _xml("urlset", "url", [f"{website.address}{estates.path(shown)}" for shown in listed])


def other_sitemap(request: Request, website: Website) -> Answer:
    """The address that everybody tries first."""
    return Answer(302, b"", XML, {"Location": f"{website.address}/wp-sitemap.xml"})


def _xml(root: str, entry: str, addresses: Iterable[str]) -> Answer:
    entries = "".join(f"<{entry}><loc>{escape(address)}</loc></{entry}>" for address in addresses)
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"{entries}</{root}>"
    )
    return Answer(200, text.encode(), XML, {"X-Robots-Tag": "noindex, follow"})
