"""Carrying a feed file to Seeki: whole where it is within the limits, else in chunks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from django.db.models import QuerySet
from django.utils import timezone

from estates.feeds.heads import OPENIMMO
from estates.feeds.listing import Scope
from estates.feeds.outcomes import SetApart
from estates.feeds.source import Source, opened
from estates.feeds.splitting import Chunk, split, whole
from estates.jobs.run import Cancelled, Continue, Run
from estates.remotes.errors import RemoteError
from estates.remotes.plain import storable
from estates.remotes.seeki import ImportAnswer, SeekiClient, TooLarge
from estates.remotes.upload import file_at
from estates.syndication.incoming.answering import refuse, take_in
from estates.syndication.incoming.claiming import claim, due_items, take_turns
from estates.syndication.incoming.files import local
from estates.syndication.incoming.missing import items_of, untouched_by_others
from estates.syndication.models import Batch, Feed, FeedItem, Listing
from estates.syndication.models.listings import WORDS_LIMIT
from estates.syndication.pushing.codes import TOO_LARGE, UNNAMED
from estates.syndication.pushing.due import is_active
from estates.syndication.pushing.loads import MOST_TOGETHER

T = TypeVar("T")
State = FeedItem.State
MOST = 500
"""Listings in a request (seeki-import.txt, "OpenImmo XML / zip intake")."""


class Delivery:
    """One job's requests. What was answered is known by the rows' states, so whoever goes on sends only the rest."""

    def __init__(self, run: Run, feed: Feed, client: SeekiClient, due_only: bool) -> None:
        self.run, self.feed, self.client, self.due_only = run, feed, client, due_only
        self.most: int = run.checkpoint.get("most", MOST)
        self.total: int = run.checkpoint.get("total", 0)

    def deliver_all(self) -> None:
        """Raises `RemoteError`, and `Cancelled` where the plan is switched off."""
        while wanted := self._wanted():
            self.total = max(self.total, len(wanted))
            self.run.report(self.total - len(wanted), self.total, phase="splitting")
            handled: set[int] = set()
            if self._pass(wanted, handled):
                # Nothing stays in between for ever, whatever the file held; what fell due meanwhile has its turn.
                self._refuse((wanted - handled) & self._wanted())
                return

    def _pass(self, wanted: frozenset[int], handled: set[int]) -> bool:
        """Goes through the file once. False where smaller chunks must be made; raises `Continue`."""
        with (
            local(self.feed, self.run.report) as path,
            opened(path) as source,
            TemporaryDirectory(prefix="chunks-") as folder,
        ):
            for chunk in self._chunks(source, Path(folder), wanted):
                if isinstance(chunk, SetApart):
                    self._refuse([chunk.ordinal])
                    continue
                if not self._deliver(chunk):
                    return False
                handled.update(chunk.ordinals)
                if chunk.path != source.path:
                    chunk.path.unlink(missing_ok=True)
                if self.run.out_of_time:
                    raise Continue
        return True

    def _refuse(self, ordinals: Collection[int]) -> None:
        """These listings are alone larger than all that Seeki takes."""
        items = self._items(ordinals)
        if items:
            with self.run.step():
                rows = claim(self.feed, items, timezone.now())
            refuse(self.run, self.feed, items, rows, TOO_LARGE)

    def _items(self, ordinals: Collection[int]) -> list[FeedItem]:
        return list(items_of(self.feed).filter(ordinal__in=ordinals).order_by("ordinal"))

    def _rest(self) -> QuerySet[FeedItem]:
        """What is to be sent yet."""
        if self.due_only:
            return due_items(self.feed, timezone.now())
        return untouched_by_others(
            self.feed, items_of(self.feed).filter(state__in=(State.READ, State.SENDING))
        )

    def _wanted(self) -> frozenset[int]:
        """Its places in the file."""
        return frozenset(self._rest().values_list("ordinal", flat=True))

    def _chunks(self, source: Source, folder: Path, wanted: frozenset[int]) -> Iterator[Chunk | SetApart]:
        most = min(self.most, self._most_for_unnamed())
        if self._may_go_whole():
            as_it_came = whole(source, most=most, wanted=wanted.__contains__)
            if as_it_came:
                yield as_it_came
                return
        yield from split(source, folder, most=most, wanted=wanted.__contains__)

    def _may_go_whole(self) -> bool:
        """A full transfer says that nothing else is offered: it goes as it is only where that is so."""
        if self.feed.scope != Scope.FULL:
            return True
        named = items_of(self.feed).values("external_id")
        others = Listing.objects.for_agency(self.feed.agency).filter(plan=self.feed.plan, wanted=True)
        return not others.exclude(external_id__in=named).exists()

    def _most_for_unnamed(self) -> int:
        """What an answer did not name goes out with fewer others each time, and at last alone."""
        if not self.due_only:
            return MOST
        due = due_items(self.feed, timezone.now())
        rows = Listing.objects.for_agency(self.feed.agency).filter(feed_item__in=due, code=UNNAMED)
        tries = max(rows.values_list("tries", flat=True), default=0)
        return min(MOST, MOST_TOGETHER[min(tries, len(MOST_TOGETHER) - 1)])

    def _deliver(self, chunk: Chunk) -> bool:
        """False where other chunks must be made: this one was too large, or somebody decided otherwise meanwhile."""
        if not is_active(self.feed.plan):
            raise Cancelled
        with self.run.step(phase="sending", checkpoint=self._checkpoint()):
            take_turns(self.feed)
            if not self._wanted().issuperset(chunk.ordinals):
                return False  # overtaken since the file was split
            items = self._items(chunk.ordinals)
            rows = claim(self.feed, items, timezone.now())
            batch = self._batch(chunk)
        try:
            answer = self._patiently(lambda: self._send(chunk))
        except TooLarge as refusal:
            self._note(batch, refusal)
            return self._shrunk(chunk, items, rows, refusal)
        except RemoteError as error:
            self._note(batch, error)
            raise
        take_in(self.run, self.feed, batch, items, rows, answer)
        done = self.total - self._rest().count()
        with self.run.step(done=done, total=self.total, checkpoint=self._checkpoint()):
            return True

    def _send(self, chunk: Chunk) -> ImportAnswer:
        file = file_at(chunk.path)
        if self.feed.format == OPENIMMO:
            return self.client.send_openimmo(file, chunk.content_type)
        return self.client.send_idealista(file)

    def _shrunk(
        self, chunk: Chunk, items: list[FeedItem], rows: dict[str, Listing], refusal: TooLarge
    ) -> bool:
        """Takes Seeki's word for how many listings fit, and half as many where it gives none that helps."""
        number = len(chunk.ordinals)
        if number == 1:
            refuse(self.run, self.feed, items, rows, TOO_LARGE, refusal.words)
            return True
        asked = refusal.chunk_size or 0
        self.most = asked if 0 < asked < number else number // 2
        with self.run.step(checkpoint=self._checkpoint()):
            return False

    def _checkpoint(self) -> dict[str, int]:
        return {"most": self.most, "total": self.total}

    def _batch(self, chunk: Chunk) -> Batch:
        return Batch.objects.create(
            agency=self.feed.agency,
            plan=self.feed.plan,
            job=self.run.job,
            items=len(chunk.ordinals),
            size=chunk.size,
        )

    def _note(self, batch: Batch, error: RemoteError) -> None:
        batch.words = storable(error.words or error.message)[:WORDS_LIMIT]
        batch.answer = error.raw or None
        with self.run.step():
            batch.save(update_fields=["words", "answer"])

    def _patiently(self, call: Callable[[], T]) -> T:
        """The call on another thread, while this one tells that the job is alive."""
        with ThreadPoolExecutor(1, thread_name_prefix="feed") as pool:
            calling = pool.submit(call)
            while not calling.done():
                wait([calling], timeout=1)
                self.run.report()
            return calling.result()
