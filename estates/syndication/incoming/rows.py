"""A listing of a feed file as a line of its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise

from estates.syndication.forecast.reasons import REFUSING
from estates.syndication.forecast.words import reason_words
from estates.syndication.incoming.words import MEND, advice, item_words, note_words
from estates.syndication.models import Feed, FeedItem, Listing, Verdict
from estates.syndication.pages.codes import foreseeable
from estates.syndication.standings import Standing

State, Stage = FeedItem.State, Listing.Stage

BADGES: Mapping[str, str] = {
    State.READ: "queued",
    State.APART: "partial",
    State.SKIPPED: "cancelled",
    State.SENDING: "running",
    State.ACCEPTED: "accepted",
    State.REFUSED: "refused",
}
STAGE_BADGES: Mapping[str, str] = {
    Stage.DUE: "queued",
    Stage.SENDING: "running",
    Stage.PROCESSING: "running",
    Stage.DONE: "accepted",
    Stage.REFUSED: "refused",
}
"""How the shell draws what became of a listing that Seeki took up."""


@dataclass(frozen=True)
class Row:
    """A listing of the file, and what became of it at Seeki if it was sent: from this file, not a later one."""

    item: FeedItem
    listing: Listing | None

    @property
    def is_foreseen(self) -> bool:
        """Whether Seeki will refuse it, by the forecast; once it is sent, Seeki itself says so or not."""
        return self.item.state == State.READ and self.item.reason in REFUSING

    @property
    def badge(self) -> str:
        stage = self._stage
        if self.is_foreseen:
            return Verdict.REFUSED.value
        if stage == Stage.DONE and not self.live_until:
            return Standing.LAPSED.value
        return STAGE_BADGES[stage] if stage in STAGE_BADGES else BADGES[self.item.state]

    @property
    def label(self) -> str | Promise:
        stage = self._stage
        if self.is_foreseen:
            return Verdict.REFUSED.label
        if stage == Stage.DONE:
            return Standing.LIVE.label if self.live_until else Standing.LAPSED.label
        if stage == Stage.REFUSED:
            return Standing.REFUSED.label
        return Stage(stage).label if stage in STAGE_BADGES else State(self.item.state).label

    @property
    def why(self) -> str | Promise:
        item = self.item
        if self.is_foreseen:
            return reason_words([item.reason, "", item.path])
        if item.reason:
            return item_words(item.reason)
        path = f"{item.path}: " if self._told is item and item.path else ""
        return foreseeable(self.code, path + self.said) or ""

    @property
    def code(self) -> str:
        return self._told.code

    @property
    def said(self) -> str:
        """Seeki's own words about a refusal."""
        return self._told.words if self.item.state != State.APART else ""

    @property
    def advice(self) -> str | Promise:
        if self.is_foreseen:
            return MEND
        return advice(self.code) if self.code else ""

    @property
    def live_until(self) -> datetime | None:
        until = self.listing.live_until if self.listing else None
        return until if until and until > timezone.now() else None

    @property
    def notes(self) -> list[tuple[str | Promise, str, str]]:
        """What is odd about it: in words, where, and what stood there."""
        return [(note_words(note[0]), note[1], note[2] if len(note) > 2 else "") for note in self.item.notes]

    @property
    def _stage(self) -> str:
        was_sent = self.item.state in (State.ACCEPTED, State.REFUSED)
        return self.listing.stage if self.listing and was_sent else ""

    @property
    def _told(self) -> Any:
        """Who knows what Seeki said last: the listing, where Seeki had taken it up, else the line of the file."""
        return self.listing if self.listing and self.item.state == State.ACCEPTED else self.item


def rows_of(feed: Feed, items: Sequence[FeedItem]) -> list[Row]:
    """In the items' order, in one query."""
    mine = Listing.objects.for_agency(feed.agency).filter(feed_item__in=[item.pk for item in items])
    by_item = {row.feed_item_id: row for row in mine.defer("reasons")}
    return [Row(item, by_item.get(item.pk)) for item in items]
