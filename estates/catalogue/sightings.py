"""What a sync has seen so far: every estate once, however often and in whatever order the pages bring it."""

import zlib
from collections import Counter
from collections.abc import Collection
from hashlib import blake2b

import orjson

from estates.catalogue.models import SyncRun
from estates.jobs.run import MOST
from estates.remotes.ts_immo_estates import Estate as RemoteEstate
from estates.remotes.ts_immo_estates import EstatePage, UnreadableEstate

BARREN_PAGES = 50
"""So many pages in a row without anything new: the remote repeats itself, and would for ever."""


class Sightings:
    """Remote ids that a run has met. Items that cannot be read stand in it by the hash of their bytes."""

    def __init__(self, run: SyncRun) -> None:
        self.run = run
        self.seen: set[str] = set(orjson.loads(zlib.decompress(run.seen))) if run.seen else set()
        self._barren = 0
        self._alike: Counter[str] = Counter()

    def read_again(self) -> None:
        """Begins another pass, from the first page on."""
        self.run.reading += 1
        self.run.page, self.run.entries, self.run.drifted = 1, 0, False
        self._alike.clear()

    def take(self, page: EstatePage) -> tuple[list[RemoteEstate], list[UnreadableEstate]]:
        """The estates and the unreadable items of a page that were not seen before."""
        estates: list[RemoteEstate] = []
        unreadable: list[UnreadableEstate] = []
        for item in page.items:
            if isinstance(item, RemoteEstate):
                if self._is_new(item.remote_id):
                    estates.append(item)
            elif self._is_new(self._named(item)):
                unreadable.append(item)
        self._note(page, len(estates) + len(unreadable))
        return estates, unreadable

    def _named(self, item: UnreadableEstate) -> str:
        """A name that no estate has: the hash of its bytes, and its number among its like in this pass."""
        digest = blake2b(item.raw, digest_size=16).hexdigest()
        self._alike[digest] += 1
        return f"\0{digest}:{self._alike[digest]}"

    def _is_new(self, name: str) -> bool:
        if name in self.seen:
            return False
        self.seen.add(name)
        return True

    def _note(self, page: EstatePage, new: int) -> None:
        run = self.run
        shrunk = page.total is not None and run.total is not None and page.total < run.total
        # A first pass meets nothing twice, and a later one nothing new, unless the pages shift.
        shifted = new < len(page.items) if run.reading == 1 else new > 0
        run.drifted = run.drifted or shrunk or shifted
        run.total = min(page.total, MOST) if page.total is not None else run.total
        run.entries += len(page.items)
        self._barren = 0 if new else self._barren + 1

    @property
    def repeats_itself(self) -> bool:
        return self.run.reading == 1 and self._barren >= BARREN_PAGES

    @property
    def whole(self) -> bool:
        """Whether the pass has brought as many entries as the remote says there are."""
        return self.run.entries >= (self.run.total or 0)

    def packed(self) -> bytes:
        return zlib.compress(orjson.dumps(list(self.seen)), 1)

    def missing(self, held: Collection[str]) -> list[str]:
        return [name for name in held if name not in self.seen]
