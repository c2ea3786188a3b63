"""Taking in what Seeki answered to a chunk of a feed file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.utils import timezone

from accounts.rows import update_rows
from estates.jobs.run import Run
from estates.remotes.plain import storable
from estates.remotes.seeki import ImportAnswer, Rejected
from estates.syndication.models import Batch, Feed, FeedItem, Listing
from estates.syndication.models.listings import WORDS_LIMIT
from estates.syndication.pushing import taking
from estates.syndication.pushing.codes import UNNAMED
from estates.syndication.pushing.confirming import Said, refused
from estates.syndication.pushing.loads import Item
from estates.syndication.pushing.sorting import sort

State = FeedItem.State
CHANGES = ("state", "code", "words", "path")


def take_in(
    run: Run,
    feed: Feed,
    batch: Batch,
    items: Sequence[FeedItem],
    rows: dict[str, Listing],
    answer: ImportAnswer,
) -> None:
    """Keeps the answer for the listings first, then for the file: who dies between the two sends the chunk again."""
    carried = [Item(rows[item.external_id].pk, item.external_id, b"") for item in items]
    heard = _addressed(carried, answer)
    taking.take_in(run, feed.plan, batch, carried, heard)
    told = sort(carried, heard)
    for item, sent in zip(items, carried, strict=True):
        item.state, item.code, item.words, item.path = State.ACCEPTED, "", "", ""
        if line := told.rejected.get(sent.pk):
            _reject(item, line)
        elif sent.pk not in told.accepted:
            item.state, item.code = State.REFUSED, UNNAMED
    with run.step():
        update_rows(items, CHANGES)


def refuse(
    run: Run,
    feed: Feed,
    items: Sequence[FeedItem],
    rows: dict[str, Listing],
    code: str,
    words: str = "",
) -> None:
    """These listings cannot be sent, neither with others nor alone."""
    said = [Said(rows[item.external_id].pk, code=code, words=words) for item in items]
    for item in items:
        item.state, item.code, item.words, item.path = State.REFUSED, code, storable(words)[:WORDS_LIMIT], ""
    with run.step():
        refused(feed.plan, said, timezone.now(), Listing.Stage.SENDING)
        update_rows(items, CHANGES)


def _reject(item: FeedItem, line: Rejected) -> None:
    item.state, item.code = State.REFUSED, storable(line.code)[:40]
    item.words, item.path = storable(line.message)[:WORDS_LIMIT], storable(line.path)[:300]


def _addressed(carried: Sequence[Item], answer: ImportAnswer) -> ImportAnswer:
    """Seeki does not say which of a listing's numbers it answers by. Of one that was sent alone it can be told."""
    if len(carried) != 1 or len(answer.accepted) + len(answer.rejected) != 1:
        return answer
    number = carried[0].external_id
    return replace(
        answer,
        accepted=tuple(replace(line, external_id=number) for line in answer.accepted),
        rejected=tuple(replace(line, external_id=number) for line in answer.rejected),
    )
