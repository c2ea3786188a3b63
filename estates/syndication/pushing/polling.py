"""Asking Seeki what became of what it took up, until every import has come to its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User
from accounts.rows import update_rows
from estates.connections.clients import ClientMissing, client_for
from estates.jobs.models import Job
from estates.jobs.run import Cancelled, Continue, Run
from estates.jobs.start import start
from estates.remotes.errors import RemoteError, Throttled, Unauthorised, Unreachable
from estates.remotes.exchange import Patience
from estates.remotes.seeki import SeekiClient
from estates.remotes.seeki_codes import Progress, cure_of
from estates.syndication.models import Listing, Plan
from estates.syndication.pushing.asking import AT_ONCE, Heard, ask
from estates.syndication.pushing.codes import ANOTHER_TIME, NO_ANSWER
from estates.syndication.pushing.confirming import Said, again, published, refused
from estates.syndication.pushing.due import plan_of, subject_of, to_ask
from estates.syndication.pushing.patiently import patiently

KIND = "syndication.poll"
FIRST_QUESTION = timedelta(seconds=5)
ASKED_AFTER = tuple(
    timedelta(seconds=wait) for wait in (5, 15, 60, 300, 900, 3600, 2 * 3600, 4 * 3600, 6 * 3600)
)
PATIENCE = timedelta(hours=48)
"""After so long without an end the import counts as one that has none."""
SOON = timedelta(seconds=90)
"""What is to be asked within it is this job's; the timer starts another one for what comes later."""
PIECE = 100
QUICK = Patience(total=30)
MOST_POLLS = 10_000

GLOBAL = (Throttled, Unauthorised)
"""These are about the caller, not about the listing that was asked for."""

Settle = Callable[[Plan, Sequence[Said], datetime], int]


def start_polling(plan: Plan, not_before: datetime | None = None, actor: User | None = None) -> Job:
    """Puts the questions that are due in line; where they are in line or under way, that is the job."""
    return start(
        plan.agency,
        KIND,
        subject=subject_of(plan),
        title=str(plan),
        params={"plan": plan.pk},
        asked_by=actor,
        not_before=not_before,
    )


def poll(run: Run) -> None:
    """The work of `syndication.poll`; a plan that is switched off still hears what became of what was sent.

    Raises `RemoteError` when Seeki answers nobody. Without a key the job counts as cancelled.
    """
    plan = plan_of(run)
    try:
        with client_for(plan.connection, SeekiClient, patience=QUICK, pool_size=AT_ONCE) as client:
            _ask_all(run, plan, client)
    except ClientMissing:
        raise Cancelled from None


def _ask_all(run: Run, plan: Plan, client: SeekiClient) -> None:
    done = run.checkpoint.get("done", 0)
    while True:
        now = timezone.now()
        due = to_ask(plan).filter(poll_at__lte=now)
        run.report(done, done + due.count(), phase="asking")
        piece = list(due.defer("reasons").order_by("poll_at", "pk")[:PIECE])
        if not piece:
            break
        heard = _heard(run, client, piece)
        done += len(heard)
        with run.step(done=done, checkpoint={"done": done}):
            _take_in(plan, heard, timezone.now())
        _raise_for_all(heard)
        if run.out_of_time:
            raise Continue
    coming = to_ask(plan).order_by("poll_at").values_list("poll_at", flat=True).first()
    if coming and coming <= now + SOON:
        raise Continue(max(1.0, (coming - now).total_seconds()))


def _heard(run: Run, client: SeekiClient, piece: Sequence[Listing]) -> list[Heard]:
    return patiently(run, lambda: ask(client, piece))


def _take_in(plan: Plan, heard: Sequence[Heard], at: datetime) -> None:
    """Sorts what was heard by what it means, and keeps it."""
    settled: dict[Settle, list[Said]] = {}
    waiting: list[Heard] = []
    for each in heard:
        settle = _settle(each, at)
        if settle is None:
            waiting.append(each)
        else:
            settled.setdefault(settle, []).append(_said(each))
    for settle, said in settled.items():
        settle(plan, said, at)
    _ask_later(plan, waiting, at)


def _settle(heard: Heard, at: datetime) -> Settle | None:
    """What is to be done about the listing; None where only a later answer can tell.

    What is online is sent again rather than left without an end, and so is what Seeki answered errors about.
    """
    status = heard.status
    if status and not heard.retried:
        if status.state == Progress.DONE:
            return published
        if status.state == Progress.FAILED:
            return again if cure_of(status.code) in ANOTHER_TIME else refused
    listing = heard.listing
    if heard.retried or isinstance(heard.error, GLOBAL) or (listing.sent_at or at) > at - PATIENCE:
        return None
    is_live = listing.live_until is not None and listing.live_until > at
    return again if is_live or heard.error else refused


def _said(heard: Heard) -> Said:
    status, listing = heard.status, heard.listing
    if status is None:
        words = heard.error.words if heard.error else ""
        return Said(listing.pk, listing.import_item_id, NO_ANSWER, words)
    code = status.code if status.state == Progress.FAILED else NO_ANSWER
    words = status.message or status.status
    return Said(listing.pk, listing.import_item_id, code, words, status.listing_id)


def _ask_later(plan: Plan, waiting: Sequence[Heard], at: datetime) -> None:
    """The next question about each, later every time. One that an error of the whole remote hit is not counted."""
    of = {each.listing.pk: each for each in waiting if not isinstance(each.error, GLOBAL)}
    rows = []
    for row in to_ask(plan).filter(pk__in=of).order_by("pk").select_for_update().defer("reasons"):
        each = of[row.pk]
        if row.import_item_id != each.listing.import_item_id:
            continue
        if each.retried:
            row.tries, row.polls = row.tries + 1, 0
        else:
            row.polls = min(row.polls + 1, MOST_POLLS)
        row.poll_at = at + ASKED_AFTER[min(row.polls, len(ASKED_AFTER) - 1)]
        rows.append(row)
    update_rows(rows, ["tries", "polls", "poll_at"])


def _raise_for_all(heard: Sequence[Heard]) -> None:
    """An error that is about all: one that says so, or one that every question got. The job waits then."""
    errors: list[RemoteError] = [each.error for each in heard if each.error]
    about_all = next((error for error in errors if isinstance(error, GLOBAL)), None)
    if about_all:
        raise about_all
    if len(errors) == len(heard) and all(isinstance(error, Unreachable) for error in errors):
        raise errors[0]
