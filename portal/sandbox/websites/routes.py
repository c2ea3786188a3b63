"""Which page answers which path; https only, as every host has it today."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from portal.sandbox.messages import HTML, Answer, Refusal, Request
from portal.sandbox.routing import Route, Router
from portal.sandbox.websites import machines, pages
from portal.sandbox.websites.website import Website

SCHEME = "x-forwarded-proto"
"""As a host's proxy tells WordPress on which of its ports a visitor came in."""


class SiteRouter(Router):
    """Behind the base comes `domain/path`. HEAD is GET, and what is not there is WordPress' own 404 page."""

    def match(self, request: Request, base: str = "") -> tuple[Route, dict[str, str]]:
        method = "GET" if request.method == "HEAD" else request.method
        path = f"/{request.path.removeprefix(base).partition('/')[2]}"
        try:
            return super().match(replace(request, method=method, path=path))
        except Refusal as refusal:
            if refusal.status != 404:
                raise
            return MISSING, {}


def secured(handler: Callable[..., Answer]) -> Callable[..., Answer]:
    def answered(request: Request, website: Website, **names: str) -> Answer:
        if request.headers.get(SCHEME) == "http":
            path = request.path.removeprefix(f"//{website.domain}")
            return Answer(301, b"", HTML, {"Location": f"{website.address}{path}"})
        return handler(request, website, **names)

    return answered


def _get(operation: str, path: str, handler: Callable[..., Answer]) -> Route:
    return Route(f"website_{operation}", "GET", path, secured(handler))


MISSING = _get("missing", "", pages.missing)
ROUTES = (
    _get("home", "/", pages.home),
    _get("estates", "/bien/", pages.listing),
    _get("estates", "/bien/page/{number}/", pages.listing),
    _get("estate", "/bien/{slug}/", pages.estate),
    _get("estate", "/bien/{slug}", pages.with_slash),
    _get("contact", "/contact/", pages.contact),
    _get("valuation", "/estimation/", pages.valuation),
    _get("robots", "/robots.txt", machines.robots),
    _get("rest", "/wp-json/", machines.rest_root),
    _get("sitemap", "/wp-sitemap.xml", machines.sitemap_index),
    _get("sitemap", "/sitemap.xml", machines.other_sitemap),
    _get("sitemap", "/wp-sitemap-posts-page-1.xml", machines.page_sitemap),
    _get("sitemap", "/wp-sitemap-posts-bien-{number}.xml", machines.estate_sitemap),
)
