"""Sites that are served on loopback, and looks at them."""

import pytest
from django.utils import timezone

from estates.connections.web import web_client
from estates.remotes.web import Hop, Page
from estates.wordpress.health.look import look_at
from estates.wordpress.models import HealthLook, Site, SiteHealth
from tests.websites import html, redirect, websites, with_body
from tests.wordpress.conftest import DOMAIN

REST = b'{"name": "Agence", "namespaces": ["wp/v2", "ts-immo/v1"]}'
HEAD = '<meta name="generator" content="WordPress 6.8.3"><link rel="https://api.w.org/" href="/wp-json/">'
CARDS = "<article>Villa, 450 000 €</article>"


def wordpress(site, body=CARDS, head=HEAD, **answer):
    """Makes a served site a WordPress in good order."""
    site.answers("/", redirect(f"https://{site.host}/"), scheme="http")
    site.answers("/", html(body, head, **answer), scheme="https")
    site.answers(
        "/robots.txt", with_body(b"User-agent: *\nDisallow: /wp-admin/\n", content_type="text/plain")
    )
    site.answers("/wp-json/", with_body(REST, content_type="application/json"))
    return site


@pytest.fixture
def web(tmp_path, settings):
    """Servers to which the portal is led; `serve` adds a site to them."""
    with websites(tmp_path) as web:
        settings.SITE_CA_FILE = web.ca_file
        yield web


@pytest.fixture
def serve(web, settings):
    """`serve(domain)` is a WordPress in good order, which the portal reaches."""

    def make(domain=DOMAIN, **certificate):
        site = wordpress(web.site(domain, **certificate))
        settings.SITE_ADDRESSES = web.setting
        return site

    return make


@pytest.fixture
def served(serve):
    return serve()


@pytest.fixture
def looked(settings):
    """`looked()` is a look at the site as it is served now."""

    def look(domain=DOMAIN):
        with web_client() as client:
            return look_at(client, domain)

    return look


def codes(look) -> list[str]:
    return [fault.code for fault in look.faults]


def page(
    body: str | bytes = "", status=200, url=f"https://{DOMAIN}/", hops=(), seconds=0.1, **headers
) -> Page:
    """A page as the client gives it, without a server; header names with underscores."""
    whole = body if isinstance(body, bytes) else body.encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Page(url, status, named, whole, False, tuple(Hop(*hop) for hop in hops), seconds, None)


def health_row(site: Site) -> SiteHealth:
    return SiteHealth.objects.for_agency(site.agency).select_related("site__agency").get(site=site)


def looks_of(site: Site) -> list[HealthLook]:
    return list(HealthLook.objects.for_agency(site.agency).filter(site=site).order_by("at"))


def make_due(*sites: Site) -> None:
    SiteHealth.objects.across_agencies().filter(site__in=sites).update(next_at=timezone.now())
