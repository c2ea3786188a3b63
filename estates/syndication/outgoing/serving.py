"""Giving an outlet's feed to whoever has its address: no login, no session, and never an empty document.

An empty full transfer would take everything off the market at the other portal, and an empty catalogue may as well
be a mirror that failed. So an outlet that has nothing to give says 503: portals keep what they have, and ask again.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.core.files.storage import default_storage
from django.db.models import F
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

from estates.feeds.listing import Scope
from estates.feeds.writing import write_idealista, write_openimmo
from estates.syndication.models import Outlet
from estates.syndication.outgoing import due
from estates.syndication.outgoing.addresses import FILES
from estates.syndication.outgoing.documents import sender_of
from estates.syndication.outgoing.selection import (
    BadQuery,
    Selection,
    Snapshot,
    last_change,
    listings,
    selection_of,
)

PRIVATE = {
    "Cache-Control": "private, no-cache",
    "X-Robots-Tag": "noindex",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
XML = "application/xml; charset={}"
ZIP = "application/zip"
SOON, LATER = 300, 3600
"""Seconds after which a portal should ask again: for a zip that is being built, and for estates to come."""


def answer(request: HttpRequest, outlet: Outlet) -> HttpResponseBase:
    """The feed; 304 for who has it already, 503 where there is nothing to give. GET and HEAD only."""
    try:
        now = due.seen_now(outlet)
    except BadQuery:
        return later(LATER)
    if not now.listings:
        return later(LATER)
    if outlet.format == Outlet.Format.OPENIMMO_ZIP:
        return _zip(request, outlet)
    modified = max(last_change(outlet.agency), outlet.changed_at)
    response = _head(outlet, now.digest, modified, XML.format(outlet.encoding))
    told = _conditional(request, outlet, response, now.digest, modified)
    if told is not response or request.method == "HEAD":
        return told
    return StreamingHttpResponse(document(outlet, now), headers=dict(response.items()))


def document(outlet: Outlet, now: Snapshot) -> Iterator[bytes]:
    """The XML in blocks, read from the catalogue as it is sent."""
    selection = selection_of(outlet.agency, outlet.query)
    idealista = outlet.format == Outlet.Format.IDEALISTA
    return written(selection, idealista, outlet.encoding, Scope.FULL, now.changed_at)


def written(
    selection: Selection, idealista: bool, encoding: str, scope: Scope, at: datetime
) -> Iterator[bytes]:
    """The XML of a selection in one of the two dialects; Idealista's has no scope and no date."""
    found, sender = listings(selection), sender_of(selection.agency)
    if idealista:
        return write_idealista(found, sender, encoding=encoding)
    return write_openimmo(found, sender, encoding=encoding, scope=scope, at=at)


def later(seconds: int) -> HttpResponse:
    response = _plain("Nothing to give at the moment. Please ask again later.", 503)
    response["Retry-After"] = str(seconds)
    return response


def not_found() -> HttpResponse:
    """The same for an address that never was, for an old one, and for one of another name."""
    return _plain("Not found.", 404)


def _plain(words: str, status: int) -> HttpResponse:
    return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8", headers=PRIVATE)


def _zip(request: HttpRequest, outlet: Outlet) -> HttpResponseBase:
    """What was built last, while what has changed since is being built."""
    if outlet.built_at is None or not default_storage.exists(outlet.stored_as):
        if not due.tried_lately(outlet):
            due.start_build(outlet)
        return later(SOON)
    # The same estates may have had other pictures: those that answered when it was built.
    edition = f"{outlet.built_digest}-{int(outlet.built_at.timestamp() * 1000):x}"
    response = _head(outlet, edition, outlet.built_at, ZIP)
    told = _conditional(request, outlet, response, edition, outlet.built_at)
    if told is not response:
        return told
    response["Content-Length"] = str(outlet.size)
    if request.method == "HEAD":
        return response
    sent = FileResponse(default_storage.open(outlet.stored_as))
    for name, value in response.items():
        sent[name] = value
    return sent


def _head(outlet: Outlet, digest: str, modified: datetime, content_type: str) -> HttpResponse:
    name = f"{outlet.agency.slug}-{FILES[Outlet.Format(outlet.format)]}"
    return HttpResponse(
        headers={
            **PRIVATE,
            "Content-Type": content_type,
            "Content-Disposition": f'attachment; filename="{name}"',
            "ETag": f'"{digest}"',
            "Last-Modified": http_date(int(modified.timestamp())),
        }
    )


def _conditional(
    request: HttpRequest, outlet: Outlet, response: HttpResponse, digest: str, modified: datetime
) -> HttpResponseBase:
    """The response, or the short answer that its conditions allow. Either is a fetch, unless it was a HEAD."""
    told = get_conditional_response(request, f'"{digest}"', int(modified.timestamp()), response) or response
    if told is not response:
        for name, value in PRIVATE.items():
            told[name] = value
    if request.method == "GET":
        mine = Outlet.objects.for_agency(outlet.agency).filter(pk=outlet.pk)
        mine.update(fetched_at=timezone.now(), fetches=F("fetches") + 1)
    return told
