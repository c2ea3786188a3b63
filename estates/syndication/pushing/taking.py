"""Taking in what Seeki answered to a batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from django.utils import timezone, translation
from django.utils.translation import ngettext

from accounts.rows import update_rows
from estates.jobs.run import Run
from estates.remotes.errors import RAW_LIMIT
from estates.remotes.plain import storable
from estates.remotes.seeki import ImportAnswer
from estates.remotes.seeki_codes import cure_of
from estates.syndication.events import note
from estates.syndication.models import Batch, Listing, ListingEvent, Plan
from estates.syndication.models.listings import WORDS_LIMIT
from estates.syndication.pushing.codes import ANOTHER_TIME, NO_ANSWER, UNNAMED
from estates.syndication.pushing.confirming import Said, again, refused
from estates.syndication.pushing.loads import MOST_TOGETHER, Item
from estates.syndication.pushing.polling import FIRST_QUESTION, start_polling
from estates.syndication.pushing.sorting import Sorted, sort

T = TypeVar("T")
Stage = Listing.Stage
AT_ONCE = 1_000
"""Listings whose answer is kept in one transaction."""


def take_in(run: Run, plan: Plan, batch: Batch, items: Sequence[Item], answer: ImportAnswer) -> None:
    """Keeps what was answered, in steps; what a worker that dies had not kept yet is sent again."""
    told = sort(items, answer)
    for some in _pieces(list(told.accepted.items())):
        with run.step():
            _accepted(plan, dict(some), timezone.now())
    for pks in _pieces(list(told.rejected)):
        with run.step():
            _rejected(plan, told, pks, timezone.now())
    for pks in _pieces(told.unnamed):
        with run.step():
            _unnamed(plan, pks, timezone.now())
    with run.step():
        _keep_answer(batch, told, answer)
        if told.accepted:
            start_polling(plan, timezone.now() + FIRST_QUESTION)


def _accepted(plan: Plan, imports: dict[int, str], at: datetime) -> None:
    sent = Listing.objects.for_agency(plan.agency).filter(pk__in=imports, stage=Stage.SENDING)
    rows = list(sent.order_by("pk").select_for_update().only("pk"))
    for row in rows:
        row.import_item_id, row.code, row.words = imports[row.pk][:80], "", ""
    mine = Listing.objects.for_agency(plan.agency)
    update_rows(rows, ["import_item_id"])
    mine.filter(pk__in=[row.pk for row in rows]).update(
        stage=Stage.PROCESSING, due_at=None, poll_at=at + FIRST_QUESTION, polls=0, code="", words=""
    )
    note(rows, ListingEvent.What.SENT)


def _rejected(plan: Plan, told: Sorted, pks: Sequence[int], at: datetime) -> None:
    """A rejection carries no id by which the import could be taken up: what is not for a person is sent again."""
    final: list[Said] = []
    later: list[Said] = []
    for pk in pks:
        line = told.rejected[pk]
        said = Said(pk, code=line.code, words=f"{line.path}: {line.message}" if line.path else line.message)
        (later if cure_of(line.code) in ANOTHER_TIME else final).append(said)
    refused(plan, final, at, Stage.SENDING)
    again(plan, later, at, Stage.SENDING)


def _unnamed(plan: Plan, pks: Sequence[int], at: datetime) -> None:
    """Sent again with fewer others; what was sent alone and is still not named is for a person."""
    rows = Listing.objects.for_agency(plan.agency).filter(pk__in=pks, stage=Stage.SENDING)
    was_alone = set(rows.filter(code=UNNAMED, tries__gte=len(MOST_TOGETHER) - 1).values_list("pk", flat=True))
    refused(plan, [Said(pk, code=NO_ANSWER) for pk in was_alone], at, Stage.SENDING)
    again(plan, [Said(pk, code=UNNAMED) for pk in pks if pk not in was_alone], at, Stage.SENDING)


def _keep_answer(batch: Batch, told: Sorted, answer: ImportAnswer) -> None:
    batch.answered_at, batch.answer = timezone.now(), answer.raw[:RAW_LIMIT]
    batch.accepted, batch.rejected = len(told.accepted), len(told.rejected)
    batch.unanswered, batch.words = len(told.unnamed), _words(batch, told.strangers + answer.unreadable)
    batch.save(update_fields=["answered_at", "answer", "accepted", "rejected", "unanswered", "words"])


def _words(batch: Batch, strangers: int) -> str:
    if not strangers:
        return ""
    with translation.override(batch.agency.language):
        words = ngettext(
            "The answer has %(n)s line about nothing that was sent.",
            "The answer has %(n)s lines about nothing that was sent.",
            strangers,
        )
        return storable(words % {"n": strangers})[:WORDS_LIMIT]


def _pieces(of: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(of), AT_ONCE):
        yield of[start : start + AT_ONCE]
