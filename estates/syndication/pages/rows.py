"""Listings as the pages show them: where they stand, and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Agency
from estates.syndication.forecast.words import Words, is_refusing, mend_words, reason_words
from estates.syndication.keeping import ALARM
from estates.syndication.models import Listing
from estates.syndication.pages.codes import Meaning, advice_on, meaning_of
from estates.syndication.stages import UNDER_WAY
from estates.syndication.standings import Standing, standing_of


class Reason(NamedTuple):
    """A reason of the forecast in words, what to do about it, and whether Seeki refuses the listing for it."""

    words: Words
    mend: Words
    refuses: bool


class Row(NamedTuple):
    """A listing as it stands now."""

    listing: Listing
    standing: Standing
    reasons: list[Reason]

    @property
    def meaning(self) -> Meaning | None:
        """What Seeki's code says, where it is known."""
        return meaning_of(self.listing.code, self.listing.words)

    @property
    def advice(self) -> Words:
        return advice_on(self.listing.code, from_a_file=self.listing.estate_id is None)

    @property
    def is_in_line(self) -> bool:
        """Whether it goes out with the sending that is about to begin."""
        due, stage = self.listing.due_at, self.listing.stage
        return stage == Listing.Stage.DUE and due is not None and due <= timezone.now()

    @property
    def is_moving(self) -> bool:
        """Whether it changes within minutes, without anybody's doing."""
        return self.listing.plan.active and (self.is_in_line or self.listing.stage in UNDER_WAY)

    @property
    def is_live(self) -> bool:
        return self.listing.live_until is not None and self.listing.live_until > timezone.now()


def rows_of(agency: Agency) -> QuerySet[Listing]:
    """The agency's listings with what a page shows of their estates and plans."""
    rows = Listing.objects.for_agency(agency).select_related(
        "agency", "estate", "plan__connection", "feed_item__feed"
    )
    return rows.defer("estate__search_text", "estate__digest", "feed_item__notes")


def row_of(listing: Listing, now: datetime) -> Row:
    return Row(listing, standing_of(listing, now), [_reason(reason) for reason in listing.reasons or []])


def soon(now: datetime) -> Q:
    """What should stay online and has less than a fortnight left, so that something must hold it up."""
    return Q(wanted=True, live_until__gt=now, live_until__lt=now + ALARM)


def _reason(reason: Any) -> Reason:
    return Reason(reason_words(reason), mend_words(reason), is_refusing(reason))
