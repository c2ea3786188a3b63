"""A feed file comes in, by the browser or from a partner."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from accounts.audit import record
from accounts.models import User
from estates.jobs.models import OPEN as AT_WORK
from estates.jobs.models import Job
from estates.syndication.incoming.examining import KIND, send_by_itself, start_examining
from estates.syndication.incoming.files import Bytes, Spooled, shown_name, spooled, stored
from estates.syndication.incoming.missing import later_full
from estates.syndication.models import Feed, Plan

OPEN = (Feed.State.RECEIVED, Feed.State.READ, Feed.State.SENDING)
"""While a file is on its way, the same bytes once more are the same file, unless a later one has overtaken it."""


def receive(plan: Plan, file: Bytes, name: str, actor: User | None, *, send: bool = False) -> Feed:
    """Stores a feed file and has it read. Of a file that is on its way already the earlier row is given back.

    The bytes are on the disk before the row is committed. `actor` is None for a partner's key. With `send` the
    file goes on to Seeki by itself, unless a person has to decide about what it lacks. Raises `Refused` for an
    empty file and `TooLarge`, and keeps nothing.
    """
    feed, is_new = taken(plan, file, name, actor, send=send)
    if send and not is_new:
        _send_too(feed)
    return feed


def taken(plan: Plan, file: Bytes, name: str, actor: User | None, *, send: bool = False) -> tuple[Feed, bool]:
    """The same, and whether the file is new here."""
    with spooled(file) as spool:
        twin = same_files(plan, spool.sha256).filter(state__in=OPEN).exclude(stored_as="").first()
        if twin and not later_full(twin):
            return twin, False
        with stored(plan.agency, spool) as place:
            return _insert(plan, spool, place, shown_name(name), actor, send), True


def _send_too(feed: Feed) -> None:
    """A file that is here already is to go on to Seeki by itself from now on."""
    with transaction.atomic():
        # The job's row is held first, as by the step that ends the reading: one of the two sees the other.
        jobs = Job.objects.for_agency(feed.agency).filter(
            kind=KIND, subject=f"feed:{feed.pk}", status__in=AT_WORK
        )
        jobs.update(params={"feed": feed.pk, "send": True})
        feed.refresh_from_db(fields=["state", "removal"])
        if feed.state in (Feed.State.READ, Feed.State.SENDING):
            send_by_itself(feed)


def same_files(plan: Plan, sha256: str, before: int | None = None) -> QuerySet[Feed]:
    """The plan's files of these very bytes, the latest first; only those before a row's id, if one is given."""
    rows = Feed.objects.for_agency(plan.agency).filter(plan=plan, sha256=sha256).order_by("-pk")
    return rows if before is None else rows.filter(pk__lt=before)


def _insert(plan: Plan, spool: Spooled, place: str, name: str, actor: User | None, send: bool) -> Feed:
    with transaction.atomic():
        feed = Feed.objects.create(
            agency=plan.agency,
            plan=plan,
            name=name,
            size=spool.size,
            sha256=spool.sha256,
            stored_as=place,
            uploaded_by=actor,
        )
        start_examining(feed, actor, send=send)
        record(plan.agency, actor, "feed.received", name, size=spool.size, sha256=spool.sha256)
    return feed
