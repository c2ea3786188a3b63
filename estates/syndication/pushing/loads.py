"""What goes out with one request: listings that are claimed, and their bodies, within Seeki's limits."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.rows import update_rows
from estates.catalogue.models import EstatePayload
from estates.jobs.run import Run
from estates.remotes.seeki_batches import COMMA, HEAD, MOST_BYTES, MOST_ITEMS, TAIL
from estates.syndication.mapping.outgoing import Outgoing, outgoing_of
from estates.syndication.models import Listing, Plan
from estates.syndication.pushing.codes import TOO_LARGE, UNBUILDABLE, UNNAMED
from estates.syndication.pushing.confirming import Said, refused
from estates.syndication.pushing.due import due, is_active

logger = logging.getLogger(__name__)

Stage = Listing.Stage

AROUND, BETWEEN = len(HEAD) + len(TAIL), len(COMMA)
PIECE = 500
MOST_TOGETHER = (MOST_ITEMS, 500, 50, 1)
"""Items in a request. What an answer did not name goes out with fewer others each time, and at last alone."""


@dataclass(frozen=True, slots=True)
class Item:
    """A claimed listing: its row, its number, and its body, JSON of Seeki's listing."""

    pk: int
    external_id: str
    body: bytes

    @property
    def size(self) -> int:
        return len(self.body) + BETWEEN


@dataclass
class Load:
    """What one request carries; `size` is in bytes."""

    items: list[Item] = field(default_factory=list)

    @property
    def size(self) -> int:
        return AROUND + sum(item.size for item in self.items)

    def parts(self, most: int) -> list[Load]:
        """Loads of up to `most` of its items each."""
        return [Load(self.items[at : at + most]) for at in range(0, len(self.items), most)]


def gather(run: Run, plan: Plan, *, without: Collection[int] = ()) -> Load:
    """Claims what is due, the longest waiting first, until a request is full. Empty when nothing is left.

    Of the listings `without`, by their keys, none is taken.

    The claims are made in pieces, each in a step of its own; what a worker that dies held is due as before.
    """
    now, load = timezone.now(), Load()
    for rows, most in _kinds(plan, now, without):
        for piece in _pieces(rows, most):
            is_full = _take(run, plan, piece, load, now)
            run.report()
            if is_full:
                break
        if load.items:
            break
    return load


def _kinds(plan: Plan, now: datetime, without: Collection[int]) -> Iterator[tuple[QuerySet[Listing], int]]:
    """What may share a request, and how many of it may."""
    waiting = due(plan, now).exclude(pk__in=without)
    rows, unnamed = waiting.exclude(code=UNNAMED), waiting.filter(code=UNNAMED)
    *early, last = range(1, len(MOST_TOGETHER))
    yield rows, MOST_TOGETHER[0]
    for tries in early:
        yield unnamed.filter(tries=tries), MOST_TOGETHER[tries]
    yield unnamed.exclude(tries__in=early), MOST_TOGETHER[last]


def _pieces(rows: QuerySet[Listing], most: int) -> Iterator[list[Listing]]:
    """Up to `most` of the rows, with estates and payloads, in pieces that are small enough to be held at once."""
    rows = rows.select_related("estate__payload").defer("estate__search_text").order_by("due_at", "pk")
    seen: set[int] = set()
    after = Q()
    while len(seen) < most:
        piece = list(rows.filter(after)[: min(PIECE, most - len(seen))])
        if not piece:
            return
        last = piece[-1]
        after = Q(due_at__gt=last.due_at) | Q(due_at=last.due_at, pk__gt=last.pk)
        new = [listing for listing in piece if listing.pk not in seen]
        seen.update(listing.pk for listing in new)
        yield new


def _take(run: Run, plan: Plan, piece: Sequence[Listing], load: Load, now: datetime) -> bool:
    """Claims what of the piece fits into the load; true when it is full."""
    built: dict[int, tuple[Item, str]] = {}
    unsendable: list[Said] = []
    room, is_full = MOST_BYTES - load.size, False
    for listing in piece:
        outgoing = _built(listing)
        if outgoing is None:
            unsendable.append(Said(listing.pk, code=UNBUILDABLE))
            continue
        item = Item(listing.pk, listing.external_id, outgoing.body)
        if AROUND + item.size > MOST_BYTES:
            unsendable.append(Said(listing.pk, code=TOO_LARGE))
        elif item.size > room:
            is_full = True
            break
        else:
            built[item.pk] = item, outgoing.digest
            room -= item.size
    held = _claim(run, plan, {pk: digest for pk, (_, digest) in built.items()}, unsendable, now)
    load.items += [item for pk, (item, _) in built.items() if pk in held]
    return is_full


def _built(listing: Listing) -> Outgoing | None:
    """None for an estate that cannot be written: it must not hold up all others."""
    estate = listing.estate
    assert estate is not None  # noqa: S101 – `due` gives no others
    try:
        payload = orjson.loads(estate.payload.body)
    except (EstatePayload.DoesNotExist, orjson.JSONDecodeError):
        payload = {}
    try:
        return outgoing_of(estate, payload)
    except Exception:
        logger.exception("estate %s cannot be written as a listing", estate.pk)
        return None


def _claim(
    run: Run, plan: Plan, digests: Mapping[int, str], unsendable: Sequence[Said], now: datetime
) -> set[int]:
    """Marks the listings as being sent, and as what they are sent; gives the ids of those that still are to be.

    `digests` are of what goes out, by listing: an estate may have changed since it was last looked at.
    """
    pks = [*digests, *(said.pk for said in unsendable)]
    with run.step(phase="sending"):
        if not is_active(plan):
            return set()
        rows = due(plan, now).filter(pk__in=pks).order_by("pk").select_for_update(of=("self",))
        held = {row.pk: row for row in rows.only("pk", "digest")}
        changed = [row for pk, row in held.items() if row.digest != digests.get(pk, row.digest)]
        for row in changed:
            row.digest = digests[row.pk]
        mine = Listing.objects.for_agency(plan.agency)
        update_rows(changed, ["digest"])
        mine.filter(pk__in=held).update(**_being_sent())
        refused(plan, [said for said in unsendable if said.pk in held], timezone.now(), Stage.SENDING)
    return held.keys() & digests.keys()


def _being_sent() -> dict[str, Any]:
    return {
        "stage": Stage.SENDING,
        "sent_digest": F("digest"),
        "predicted": F("verdict"),
        "sent_at": timezone.now(),
        "import_item_id": "",
        "poll_at": None,
        "polls": 0,
    }
