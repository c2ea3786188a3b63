"""Fetching pages of the agencies' sites. Knows the network, and no database: threads use it.

`robots.txt` keeps crawlers away from what others may not index. Here the site's own agency has asked for its own
estates' pages, named one by one, at a pace far below a visitor's, under a user agent that says who asks: so it is
read for the sitemaps that it names, and its rules for crawlers are not applied.
"""

import logging

from estates.connections.web import web_client
from estates.remotes.errors import RemoteError
from estates.remotes.web import Page
from estates.wordpress.models import Cause, Verdict
from estates.wordpress.proof.judging import Expected, Judgement, judge
from estates.wordpress.proof.reading import LONGEST, read_page

logger = logging.getLogger(__name__)

SECONDS = 15.0
REDIRECTS = 5
HTML = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1"


def fetch(url: str, *, accept: str = HTML, most: int = LONGEST) -> Page:
    """One page, cut at `most` bytes. Raises `Unreachable` and `Malformed`."""
    with web_client() as client:
        return client.get(url, accept=accept, max_bytes=most, seconds=SECONDS, redirects=REDIRECTS)


def look_at(ours: Expected) -> tuple[Judgement, str]:
    """What the estate's page proves at this moment, and the address where it was found."""
    try:
        page = fetch(ours.url)
        content = read_page(page.body, page.headers.get("content-type", ""), page.url)
        return judge(ours, page.status, page.url, content), page.url
    except RemoteError as error:
        return Judgement(Verdict.UNREACHABLE, Cause.SILENT, words=error.reason or ""), ""
    except Exception:
        # One page that breaks the reader must not keep all others from being looked at.
        logger.exception("the page %s could not be read", ours.url)
        return Judgement(Verdict.UNREACHABLE, Cause.UNREADABLE), ""
