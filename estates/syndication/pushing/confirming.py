"""What is known of a listing once Seeki has said what became of it, and when it is sent next."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from accounts.rows import update_rows
from estates.remotes.plain import storable
from estates.remotes.seeki_codes import Cure, cure_of
from estates.syndication.events import note
from estates.syndication.models import Listing, ListingEvent, Plan, Verdict
from estates.syndication.models.listings import WORDS_LIMIT
from estates.syndication.pushing.codes import DAY, resent_after

Stage, What = Listing.Stage, ListingEvent.What

LIVES = timedelta(days=60)
"""seeki-import.txt, "Listing expiration": from the last successful import."""
LATEST_REFRESH = 45
"""Days. Whatever a plan says, this leaves a fortnight for outages."""
REFUSED_AGAIN = timedelta(days=7)
NIGHT_BEGINS, NIGHT_LASTS = time(1), timedelta(hours=4)
MOST_TRIES = 10_000
CHANGES = (
    "stage",
    "due_at",
    "poll_at",
    "tries",
    "polls",
    "insists",
    "import_item_id",
    "listing_id",
    "answered_at",
    "code",
    "words",
    "live_since",
    "live_until",
)


@dataclass(frozen=True)
class Said:
    """What was said of one sending of the listing `pk`: `sending` is its import's id, "" before it has one."""

    pk: int
    sending: str = ""
    code: str = ""
    words: str = ""
    listing_id: str = ""


def refresh_time(plan: Plan, external_id: str, at: datetime) -> datetime:
    """When a listing that was imported `at` is sent again: between 1:00 and 5:00 of the agency's night.

    The same listing always gets the same minute, and all of them are spread evenly.
    """
    zone = ZoneInfo(plan.agency.time_zone)
    days = min(max(plan.refresh_days, 1), LATEST_REFRESH)
    night = at.astimezone(zone).date() + timedelta(days=days)
    share = int.from_bytes(hashlib.blake2b(external_id.encode(), digest_size=4).digest(), "big") / 2**32
    local = datetime.combine(night, NIGHT_BEGINS) + share * NIGHT_LASTS
    return local.replace(tzinfo=zone)


def published(plan: Plan, heard: Sequence[Said], at: datetime) -> int:
    """Seeki has published these listings, as was heard `at`; returns for how many that was news.

    They live 60 days from when they were sent: Seeki counts from a little later, so none lapses before the day
    that is said. One that was changed or sent again meanwhile is due at once. The caller is in a transaction.
    """
    told = []
    for listing, said in _held(plan, heard, Stage.PROCESSING):
        began = min(listing.sent_at or at, at)
        listing.stage, listing.tries, listing.polls, listing.insists = Stage.DONE, 0, 0, False
        listing.poll_at, listing.answered_at, listing.code, listing.words = None, at, "", ""
        listing.listing_id = said.listing_id[:80] or listing.listing_id
        was_live = listing.live_since and listing.live_until and listing.live_until > at
        listing.live_since = listing.live_since if was_live else began
        listing.live_until = began + LIVES
        listing.due_at = refresh_time(plan, listing.external_id, began) if listing.wanted else None
        _due_if_changed(listing, at)
        told.append(listing)
    return _keep(told, What.PUBLISHED)


def refused(plan: Plan, heard: Sequence[Said], at: datetime, stage: str = Stage.PROCESSING) -> int:
    """Seeki does not publish these listings, or does not say; returns for how many that was news.

    What is online stays so until it lapses, and is tried again at its refresh and every seven days after; where
    it is about the account, every day. The caller is in a transaction.
    """
    told = []
    for listing, said in _held(plan, heard, stage):
        _ended(listing, said, at)
        listing.stage, listing.tries, listing.insists = Stage.REFUSED, 0, False
        listing.due_at = _tried_again_at(plan, listing, at) if listing.wanted else None
        _due_if_changed(listing, at)
        told.append(listing)
    return _keep(told, What.REFUSED)


def again(plan: Plan, heard: Sequence[Said], at: datetime, stage: str = Stage.PROCESSING) -> int:
    """These listings are to be sent again, later each time; returns for how many that was news.

    The caller is in a transaction.
    """
    told = []
    for listing, said in _held(plan, heard, stage):
        _ended(listing, said, at)
        listing.tries = min(listing.tries + 1, MOST_TRIES)
        listing.stage = Stage.DUE if listing.wanted else out_of_line(listing)
        listing.due_at = at + resent_after(listing.tries) if listing.wanted else None
        told.append(listing)
    return _keep(told, What.AGAIN)


def out_of_line(listing: Listing) -> Listing.Stage:
    """The stage of a listing that is not sent any more."""
    return Stage.DONE if listing.live_since else Stage.NONE


def _held(plan: Plan, heard: Sequence[Said], stage: str) -> Iterable[tuple[Listing, Said]]:
    """The rows as they are now, locked, of which what was said is still news."""
    said_of = {said.pk: said for said in heard}
    rows: QuerySet[Listing] = Listing.objects.for_agency(plan.agency).filter(plan=plan, stage=stage)
    for listing in rows.filter(pk__in=said_of).order_by("pk").select_for_update().defer("reasons"):
        if listing.import_item_id == said_of[listing.pk].sending:
            yield listing, said_of[listing.pk]


def _ended(listing: Listing, said: Said, at: datetime) -> None:
    listing.poll_at, listing.polls, listing.answered_at = None, 0, at
    listing.code, listing.words = said.code[:40], storable(said.words)[:WORDS_LIMIT]


def _tried_again_at(plan: Plan, listing: Listing, at: datetime) -> datetime | None:
    if cure_of(listing.code) == Cure.ACCOUNT:
        return at + DAY
    if not listing.live_until or listing.live_until <= at:
        return None
    refresh = refresh_time(plan, listing.external_id, listing.live_until - LIVES)
    return refresh if refresh > at else at + REFUSED_AGAIN


def _due_if_changed(listing: Listing, at: datetime) -> None:
    """What was changed under way goes out at once, unless the forecast says no: that can only do harm or nothing."""
    if not listing.wanted or not listing.estate_id or listing.digest == listing.sent_digest:
        return
    if listing.verdict != Verdict.REFUSED or listing.insists:
        listing.stage, listing.due_at = Stage.DUE, at
    elif listing.stage == Stage.REFUSED and not (listing.live_until and listing.live_until > at):
        listing.stage, listing.due_at = Stage.HELD, None


def _keep(told: list[Listing], what: ListingEvent.What) -> int:
    if told:
        update_rows(told, CHANGES)
        note(told, what)
    return len(told)
