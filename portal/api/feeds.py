"""Feed files from a partner's software: handed in, read, and sent on to Seeki."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Schema

from accounts.models import PartnerKey, Scope
from estates.connections.models import System
from estates.jobs.models import Job
from estates.syndication.incoming.files import spooled
from estates.syndication.incoming.missing import overtaken_by
from estates.syndication.incoming.receiving import receive
from estates.syndication.incoming.refusals import Refused
from estates.syndication.models import Feed
from estates.syndication.rules.plans import open_plan
from portal.api.bodies import pieces
from portal.api.connections import connection_of
from portal.api.errors import Error, Refusal
from portal.api.keys import needs
from portal.api.once import once
from portal.api.raw_bodies import IDEALISTA, OPENIMMO, body, xml, zipped
from portal.api.routing import StrictRouter

router = StrictRouter(tags=["Feeds"])
CONTENT_TYPES = {"application/xml", "text/xml", "application/zip", "application/octet-stream"}
READING = {401: Error, 403: Error, 404: Error, 422: Error, 429: Error}
ERRORS = {400: Error, 401: Error, 403: Error, 409: Error, 413: Error, 415: Error, 422: Error, 429: Error}


class FeedIn(Schema):
    """What goes with a feed file, in the query."""

    name: str = Field("feed", max_length=200, description="What people see the file as")
    connection: int | None = Field(
        None, description="Which connection to Seeki; needed where there are several", examples=[7]
    )
    send: bool = Field(
        False,
        description="Send it on once it has been read, unless a person has to decide about missing listings",
    )

    model_config = {"extra": "forbid"}


class FeedOut(Schema):
    """A feed file. `state` is received, read, unreadable, sending, sent or dropped."""

    id: int = Field(examples=[12])
    name: str = Field(examples=["nightly.xml"])
    format: str = Field(
        description="openimmo or idealista; empty until it has been read", examples=["openimmo"]
    )
    state: str = Field(examples=["read"])
    scope: str = Field(description="full or partial; empty where it does not say", examples=["full"])
    listings: int = Field(examples=[240])
    setApart: int = Field(description="Listings that cannot be read", examples=[1])
    missing: int = Field(description="Listings of earlier files that a full one lacks", examples=[0])
    removal: str = Field(description="asking, lapse, keep, or empty", examples=[""])
    reason: str = Field(description="Why it is unreadable, as a code", examples=[""])
    line: int | None = Field(description="Where it is unreadable", examples=[None])
    overtakenBy: int | None = Field(
        description="The later full file because of which this one, or the rest of it, is not sent",
        examples=[None],
    )
    outcomes: dict[str, int] = Field(
        description="Listings by what became of them", examples=[{"read": 239, "apart": 1}]
    )
    receivedAt: datetime
    sentAt: datetime | None
    job: int | None = Field(
        description="The job that works on it at the moment: GET /jobs/{id}", examples=[815]
    )


@router.post(
    "/openimmo",
    auth=needs(Scope.FEEDS_WRITE),
    response={202: FeedOut} | ERRORS,
    openapi_extra=body(xml(OPENIMMO), zipped()),
)
def openimmo(request: HttpRequest, given: Query[FeedIn]) -> HttpResponse:
    """Hand in an OpenImmo file: XML, or a zip with its pictures, as the body. Answers before it has been read."""
    return _taken(request, given)


@router.post(
    "/idealista",
    auth=needs(Scope.FEEDS_WRITE),
    response={202: FeedOut} | ERRORS,
    openapi_extra=body(xml(IDEALISTA)),
)
def idealista(request: HttpRequest, given: Query[FeedIn]) -> HttpResponse:
    """Hand in an Idealista file (XML) as the body. Answers before it has been read."""
    return _taken(request, given)


@router.get("/{feed_id}", auth=needs(Scope.FEEDS_WRITE), response={200: FeedOut} | READING)
def feed(request: HttpRequest, feed_id: int) -> dict[str, Any]:
    """How a feed file stands."""
    key: PartnerKey = request.partner_key  # type: ignore[attr-defined]
    found = Feed.objects.for_agency(key.agency).filter(pk=feed_id).first()
    if found is None:
        raise Refusal(404, "Not found")
    return shown(found)


def shown(feed: Feed) -> dict[str, Any]:
    outcomes = feed.items.values_list("state").annotate(number=Count("pk")).order_by()
    later = overtaken_by(feed)
    jobs = Job.objects.for_agency(feed.agency).filter(subject=f"feed:{feed.pk}").order_by("-pk")
    return {
        "id": feed.pk,
        "name": feed.name,
        "format": feed.format,
        "state": feed.state,
        "scope": feed.scope,
        "listings": feed.listings,
        "setApart": feed.set_apart,
        "missing": feed.missing,
        "removal": feed.removal,
        "reason": feed.reason,
        "line": feed.line,
        "overtakenBy": later.pk if later else None,
        "outcomes": dict(outcomes),
        "receivedAt": feed.created_at,
        "sentAt": feed.sent_at,
        "job": jobs.values_list("pk", flat=True).first(),
    }


def _taken(request: HttpRequest, given: FeedIn) -> HttpResponse:
    key: PartnerKey = request.partner_key  # type: ignore[attr-defined]
    if (request.content_type or "application/octet-stream") not in CONTENT_TYPES:
        raise Refusal(415, f"Content-Type: one of {', '.join(sorted(CONTENT_TYPES))}")
    connection = connection_of(key.agency, System.SEEKI, given.connection)
    try:
        with spooled(pieces(request)) as spool:

            def effect() -> tuple[int, Any]:
                feed = receive(open_plan(connection, None), spool.file, given.name, None, send=given.send)
                return 202, shown(feed)

            return once(request, key, f"{spool.sha256} {request.META['QUERY_STRING']}", effect)
    except Refused as refusal:
        raise Refusal(refusal.status, str(refusal.words)) from None
