"""Estates as they are now, taken in on their listings: wanted or not, the forecast, and whether they go out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from estates.catalogue.models import Estate
from estates.syndication.events import note
from estates.syndication.models import Listing, ListingEvent, Plan
from estates.syndication.seeing import see_all, title_of
from estates.syndication.stages import UNDER_WAY, Seen, changes, is_live

Hand, What = Listing.Hand, ListingEvent.What
TRIES = 3
"""Of a row that others change at the same moment."""


def wants(hand: str, is_chosen: bool) -> bool:
    """Whether an estate that is still listed is published: by hand where somebody decided, else by the rules."""
    return hand == Hand.ALWAYS or (is_chosen and hand != Hand.NEVER)


def is_a_files(estate_id: int | None, wanted: bool) -> bool:
    """Whether a row belongs to a feed file: until that leaves it to lapse, no estate takes its number."""
    return estate_id is None and wanted


def consider(plan: Plan, estates: Sequence[Estate], chosen: Collection[int], now: datetime) -> bool:
    """Takes in estates that are still listed; `chosen` are the keys of those that the rules choose.

    Rows appear only for what is chosen, and feed files' listings are left alone while they are to be published.
    Returns whether there are pictures to be asked for. The caller is in a transaction.
    """
    pictures, left = False, list(estates)
    for _ in range(TRIES):
        if left:
            taking = Taking(plan, chosen, now)
            left = taking.take(left)
            pictures = pictures or taking.pictures
    return pictures


def let_lapse(plan: Plan, listings: Sequence[Listing], now: datetime) -> None:
    """Takes listings out of the line whose estates are not listed any more."""
    for listing in listings:
        write(plan, listing, Seen(False, listing.title), now)


class Taking:
    """One go at some estates. `pictures` says whether some of theirs are to be asked for."""

    def __init__(self, plan: Plan, chosen: Collection[int], now: datetime) -> None:
        self.plan, self.now, self._chosen = plan, now, chosen
        self.pictures = False

    def take(self, estates: Sequence[Estate]) -> list[Estate]:
        """Returns the estates whose rows others changed meanwhile: they have to be read again."""
        held = listings_of(self.plan, [estate.remote_id for estate in estates])
        found = [(estate, held.get(estate.remote_id)) for estate in estates]
        ours = [(estate, row) for estate, row in found if self._is_ours(estate, row)]
        wanted = [estate for estate, row in ours if self._wants(estate, row)]
        seen, self.pictures = see_all(self.plan.agency, wanted, self.now)
        overtaken = self._add([estate for estate in wanted if estate.remote_id not in held], seen)
        for estate, row in ours:
            if row and not self._write(row, estate, seen.get(estate.pk)):
                overtaken.append(estate)
        judged = [held[estate.remote_id].pk for estate in wanted if estate.remote_id in held]
        Listing.objects.for_agency(self.plan.agency).filter(pk__in=judged).update(judged_at=self.now)
        return overtaken

    def _wants(self, estate: Estate, row: Listing | None) -> bool:
        return wants(row.hand if row else "", estate.pk in self._chosen)

    def _is_ours(self, estate: Estate, row: Listing | None) -> bool:
        """A row that a feed file has left is taken over only to be published."""
        if row is None or row.estate_id is not None:
            return True
        return not is_a_files(row.estate_id, row.wanted) and self._wants(estate, row)

    def _write(self, listing: Listing, estate: Estate, seen: Seen | None) -> bool:
        moved = {} if listing.estate_id == estate.pk else {"estate_id": estate.pk, "feed_item_id": None}
        return write(self.plan, listing, seen or Seen(False, title_of(estate)), self.now, **moved)

    def _add(self, estates: list[Estate], seen: dict[int, Seen]) -> list[Estate]:
        """Makes their rows; returns those whose row somebody else made at the same moment."""
        if not estates:
            return []
        rows = [self._row(estate, seen[estate.pk]) for estate in estates]
        Listing.objects.across_agencies().bulk_create(rows, batch_size=500, ignore_conflicts=True)
        held = listings_of(self.plan, [estate.remote_id for estate in estates])
        made = {number: row for number, row in held.items() if row.judged_at == self.now}
        note(made.values(), What.WANTED)
        return [estate for estate in estates if estate.remote_id not in made]

    def _row(self, estate: Estate, seen: Seen) -> Listing:
        row = Listing(agency=self.plan.agency, plan=self.plan, external_id=estate.remote_id, estate=estate)
        for name, value in changes(self.plan, row, seen, self.now).items():
            setattr(row, name, value)
        row.judged_at = self.now
        return row


def listings_of(plan: Plan, numbers: Collection[str]) -> dict[str, Listing]:
    """The plan's listings by their number."""
    rows: QuerySet[Listing] = Listing.objects.for_agency(plan.agency).filter(plan=plan)
    return {row.external_id: row for row in rows.filter(external_id__in=numbers)}


def write(plan: Plan, listing: Listing, seen: Seen, now: datetime, **more: Any) -> bool:
    """Changes a row and tells its history; False where it is not any more as it was read."""
    fields = changes(plan, listing, seen, now) | more
    if not fields:
        return True
    as_read = Listing.objects.for_agency(plan.agency).filter(
        pk=listing.pk,
        stage=listing.stage,
        hand=listing.hand,
        insists=listing.insists,
        due_at=listing.due_at,
        sent_digest=listing.sent_digest,
    )
    if not as_read.update(**fields):
        return False
    if seen.wanted and not listing.wanted:
        note([listing], What.WANTED)
    elif listing.wanted and not seen.wanted and (is_live(listing, now) or listing.stage in UNDER_WAY):
        note([listing], What.LAPSES)
    return True
