"""A selection of the catalogue as a feed file that a person downloads."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.audit import record
from accounts.models import Agency, User
from estates.catalogue.chips import kept
from estates.catalogue.spreadsheets import file_name
from estates.feeds.listing import Scope
from estates.feeds.writing import UTF_8
from estates.syndication.outgoing.selection import BadQuery, Selection, selection_of, snapshot
from estates.syndication.outgoing.serving import XML, written

FORMATS = ("openimmo", "idealista")


class NothingToExport(Exception):
    """Nothing is written; `words` say why, and what helps."""

    def __init__(self, words: Promise) -> None:
        super().__init__(words)
        self.words = words


def exported(agency: Agency, asked: QueryDict) -> Selection:
    """The estates that the catalogue's page shows for a query string. Raises `NothingToExport`."""
    if asked.get("gone"):
        raise NothingToExport(
            _("Estates that are no longer listed are not written into feed files. Remove that filter first.")
        )
    try:
        selection = selection_of(agency, asked.urlencode())
    except BadQuery:
        raise NothingToExport(
            _(
                "Nothing was exported: one of the filters is wrong, and without it there would be more estates."
            )
        ) from None
    if not snapshot(selection).listings:
        raise NothingToExport(_("Nothing was exported: no estate matches these filters."))
    return selection


def answer(request: HttpRequest, selection: Selection, format: str, user: User) -> HttpResponseBase:
    """The file, streamed, as a partial transfer: whoever takes it in keeps what it does not name."""
    agency, at = selection.agency, snapshot(selection).changed_at
    name = file_name(agency, "xml", of=format)
    headers = {
        "Content-Type": XML.format(UTF_8),
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
    }
    if request.method == "HEAD":
        return HttpResponse(headers=headers)
    record(agency, user, "estates.feed_exported", name, format=format, query=kept(request.GET))
    body = written(selection, format == "idealista", UTF_8, Scope.PARTIAL, at)
    return StreamingHttpResponse(body, headers=headers)
