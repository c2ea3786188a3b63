"""The job that reads a feed file: every listing becomes a row, or the whole file is unreadable."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

from django.utils import timezone

from accounts.models import User
from estates.feeds.outcomes import Unreadable
from estates.feeds.reading import read
from estates.feeds.source import Source, opened
from estates.jobs.models import Job
from estates.jobs.run import Continue, Run
from estates.jobs.start import start
from estates.remotes.plain import storable
from estates.syndication.incoming.files import local
from estates.syndication.incoming.items import item_of
from estates.syndication.incoming.missing import items_of
from estates.syndication.incoming.refusals import NotNow
from estates.syndication.incoming.sending import ask_send
from estates.syndication.incoming.settling import settle
from estates.syndication.models import Feed, FeedItem

KIND = "syndication.examine"
PIECE = 500
LEAST = 10_000
"""New listings in a slice. Each slice reads from the beginning of the file, so many short ones would never end."""
FILE_GONE = "file_gone"
BLOCK = 1 << 20


def start_examining(feed: Feed, actor: User | None, *, send: bool = False) -> Job:
    """In the caller's transaction. With `send` the file goes on to Seeki as soon as it has been read."""
    return start(
        feed.agency,
        KIND,
        subject=f"feed:{feed.pk}",
        title=feed.name,
        params={"feed": feed.pk, "send": send},
        asked_by=actor,
    )


def examine(run: Run) -> None:
    feed = _open_feed(run)
    if feed is None:
        return
    try:
        with local(feed, run.report) as path, opened(path) as source:
            _note(run, feed, source)
            _read(run, feed, source)
    except Unreadable as refusal:
        _unreadable(run, feed, refusal.reason, refusal.line, refusal.words)
    except FileNotFoundError:
        _unreadable(run, feed, FILE_GONE)


def _open_feed(run: Run) -> Feed | None:
    """The file that the job is about; None when it was discarded or has been read."""
    rows = Feed.objects.for_agency(run.agency).filter(pk=run.params["feed"], state=Feed.State.RECEIVED)
    return rows.select_related("agency", "plan").first()


def _note(run: Run, feed: Feed, source: Source) -> None:
    """What is known before the first listing; the number of listings gives the job its bar."""
    if run.checkpoint:
        return
    feed.format, feed.container, feed.scope = source.format, source.container, source.scope
    feed.encoding, feed.repaired = source.encoding[:40], source.repaired
    feed.software = storable(source.sender).strip()[:120]
    said = ["format", "container", "scope", "encoding", "repaired", "software"]
    total = _tally(source)
    with run.step(done=0, total=total, phase="reading"):
        feed.save(update_fields=said)


def _tally(source: Source) -> int:
    """About how many listings the file holds: good enough for a bar, and a hundred times faster than reading."""
    sought, rest, number = re.compile(rb"<%b[\s>/]" % re.escape(source.head.tag)), b"", 0
    with source.xml.open("rb") as file:
        while block := file.read(BLOCK):
            found = list(sought.finditer(rest + block))
            number += len(found)
            after = found[-1].end() if found else 0
            rest = (rest + block)[max(after, len(rest) + len(block) - len(source.head.tag) - 1) :]
    return number


def _read(run: Run, feed: Feed, source: Source) -> None:
    for piece in _pieces(run, feed, source):
        upto = piece[-1].ordinal + 1
        with run.step(done=upto, phase="reading", checkpoint={"next": upto}):
            items_of(feed).bulk_create(piece)
    with run.step(phase="reading"):
        if Feed.objects.for_agency(run.agency).filter(pk=feed.pk, state=Feed.State.RECEIVED).exists():
            settle(feed)
            params = Job.objects.for_agency(run.agency).values_list("params", flat=True).get(pk=run.job.pk)
            if params.get("send"):
                send_by_itself(feed)


def send_by_itself(feed: Feed) -> None:
    """Puts the sending in line unless a person has to decide first; then the file waits to be sent by hand."""
    with suppress(NotNow):
        if feed.removal != Feed.Removal.ASKING:
            ask_send(feed, None)


def _pieces(run: Run, feed: Feed, source: Source) -> Iterator[list[FeedItem]]:
    """The listings behind the checkpoint. Raises `Continue` when the slice is used up."""
    first, fresh = run.checkpoint.get("next", 0), 0
    piece: list[FeedItem] = []
    for found in read(source):
        if found.ordinal < first:
            run.report()
            continue
        piece.append(item_of(feed, found))
        if len(piece) == PIECE:
            yield piece
            fresh, piece = fresh + PIECE, []
            if fresh >= LEAST and run.out_of_time:
                raise Continue
    if piece:
        yield piece


def _unreadable(run: Run, feed: Feed, reason: str, line: int | None = None, words: str = "") -> None:
    """Nothing of such a file is used, not even what could be read before the place where it breaks off."""
    with run.step():
        items_of(feed).delete()
        Feed.objects.for_agency(run.agency).filter(pk=feed.pk, state=Feed.State.RECEIVED).update(
            state=Feed.State.UNREADABLE,
            reason=reason,
            line=line,
            words=storable(words)[:500],
            read_at=timezone.now(),
        )
