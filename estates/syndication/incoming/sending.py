"""What people, and the keeper, decide about a feed file that was read; and the job that sends it on."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.audit import record
from accounts.models import User
from estates.connections.clients import ClientMissing, client_for
from estates.jobs.models import OPEN, Job
from estates.jobs.run import Cancelled, Run
from estates.jobs.start import start
from estates.remotes.seeki import SeekiClient
from estates.syndication.incoming.claiming import take_turns
from estates.syndication.incoming.delivering import Delivery
from estates.syndication.incoming.items import Why
from estates.syndication.incoming.missing import (
    absent,
    items_of,
    later_full,
    leave_to_lapse,
    leaving,
    weigh_missing,
)
from estates.syndication.incoming.refusals import NotNow
from estates.syndication.models import Feed, FeedItem
from estates.syndication.pushing.due import is_active

KIND = "syndication.send_feed"
State, Removal = Feed.State, Feed.Removal

SWITCHED_OFF = _("Publication through this connection is switched off, so nothing was sent.")
FILE_GONE = _("The file is no longer in the portal's storage.")
BUSY = _("Some of its listings are being sent again at the moment. Try once more in some minutes.")
NOT_READY = _("This file is not ready to be sent.")
NOTHING = _("This file holds nothing that could be sent.")
OVERTAKEN = _(
    "A later file that holds all you offer was sent already, so this older one is not sent: it would bring back "
    "what you no longer offer. What is online stays as it is. If this one is right, upload it once more."
)
NOT_OPEN = _("This file can't be discarded any more.")
DECIDED = _("That has been decided already.")


def ask_send(feed: Feed, actor: User | None) -> Job:
    """Puts the sending of the file in line; where it was interrupted, the sending of the rest.

    Raises `NotNow` where it is not ready, holds nothing, a later full file says what is offered, or the plan is
    switched off.
    """
    if not is_active(feed.plan):
        raise NotNow(SWITCHED_OFF)
    if not feed.stored_as:
        raise NotNow(FILE_GONE)
    with transaction.atomic():
        open_jobs = Job.objects.for_agency(feed.agency).filter(kind=KIND, subject=_subject(feed))
        there = open_jobs.filter(status__in=OPEN).first()
        if there and not there.params.get("due_only"):
            return there
        if there:
            raise NotNow(BUSY)
        take_turns(feed)
        if later_full(feed):
            raise NotNow(OVERTAKEN)
        if not has_effect(feed):
            raise NotNow(NOTHING)
        held = Feed.objects.for_agency(feed.agency).select_for_update()
        feed.refresh_from_db(fields=["missing", "removal"], from_queryset=held)
        weigh_missing(feed)
        weighed = {"missing": feed.missing, "removal": feed.removal}
        _move(feed, (State.READ, State.SENDING), NOT_READY, state=State.SENDING, sent_by=actor, **weighed)
        record(feed.agency, actor, "feed.send_asked", feed.name)
        return _start(feed, actor, due_only=False)


def start_refresh(feed: Feed, actor: User | None = None) -> Job:
    """Puts in line the sending of those listings of the file that are due, and of nothing else of it."""
    return _start(feed, actor, due_only=True)


def resume(feed: Feed) -> Job:
    """Puts in line what is left of a sending that Seeki's absence ended."""
    return _start(feed, None, due_only=False)


def close_overtaken(feed: Feed) -> bool:
    """Ends a sending that stopped half-way and that a later full file makes pointless; False where none does."""
    with transaction.atomic():
        later = later_full(feed)
        if later is None or not _close(feed, Why.LATER_FULL):
            return False
        record(feed.agency, None, "feed.overtaken", feed.name, later=later.name)
        return True


def drop(feed: Feed, actor: User | None) -> None:
    """Discards a file that was not sent. What earlier files brought stays as it is. Raises `NotNow`."""
    with transaction.atomic():
        _move(feed, (State.RECEIVED, State.READ, State.UNREADABLE), NOT_OPEN, state=State.DROPPED)
        record(feed.agency, actor, "feed.dropped", feed.name)


def decide_removal(feed: Feed, lapse: bool, actor: User | None) -> None:
    """Answers what becomes of the listings that the file no longer names. Raises `NotNow` where that is decided.

    They are left to lapse when the file is sent, or at once where it has been.
    """
    decision = Removal.LAPSE if lapse else Removal.KEEP
    with transaction.atomic():
        rows = Feed.objects.for_agency(feed.agency).filter(pk=feed.pk, removal=Removal.ASKING)
        if not rows.exclude(state=State.DROPPED).update(removal=decision):
            raise NotNow(DECIDED)
        feed.refresh_from_db(fields=["state", "removal"])
        if lapse and feed.state == State.SENT:
            leave_to_lapse(absent(feed))
        record(feed.agency, actor, "feed.removal_decided", feed.name, lapse=lapse, listings=feed.missing)


def has_effect(feed: Feed) -> bool:
    """Whether to send the file would change anything."""
    ready = items_of(feed).filter(state__in=(FeedItem.State.READ, FeedItem.State.SENDING))
    return ready.exists() or leaving(feed).exists()


def send(run: Run) -> None:
    """The work of `syndication.send_feed`. Whatever was answered stays; a lost answer is asked for again.

    Raises `RemoteError`. Without a key, or with the plan switched off meanwhile, it counts as cancelled.
    """
    rows = Feed.objects.for_agency(run.agency).select_related(
        "agency", "plan__agency", "plan__connection__agency"
    )
    feed, due_only = rows.filter(pk=run.params["feed"]).first(), bool(run.params.get("due_only"))
    if feed is None or feed.state not in ((State.SENT, State.SENDING) if due_only else (State.SENDING,)):
        return
    try:
        with client_for(feed.plan.connection, SeekiClient) as client:
            Delivery(run, feed, client, due_only).deliver_all()
    except ClientMissing:
        raise Cancelled from None
    if not due_only:
        _end(run, feed)


def _end(run: Run, feed: Feed) -> None:
    """Only now, when all that is in the file is on its way, what is not in it may lapse."""
    with run.step(phase="sending"):
        if close_overtaken(feed) or not _close(feed, Why.OVERTAKEN):
            return
        feed.refresh_from_db(fields=["removal"])
        leave_to_lapse(leaving(feed))
        if feed.removal == Removal.LAPSE:
            leave_to_lapse(absent(feed))


def _close(feed: Feed, why: Why) -> bool:
    """What was not answered by now is left out for this reason. False where the file is not being sent."""
    rows = Feed.objects.for_agency(feed.agency).filter(pk=feed.pk, state=State.SENDING)
    if not rows.update(state=State.SENT, sent_at=timezone.now()):
        return False
    left = items_of(feed).filter(state__in=(FeedItem.State.READ, FeedItem.State.SENDING))
    left.update(state=FeedItem.State.SKIPPED, reason=why)
    return True


def _start(feed: Feed, actor: User | None, *, due_only: bool) -> Job:
    return start(
        feed.agency,
        KIND,
        subject=_subject(feed),
        title=feed.name,
        params={"feed": feed.pk, "due_only": due_only},
        asked_by=actor,
    )


def _subject(feed: Feed) -> str:
    return f"feed:{feed.pk}"


def _move(feed: Feed, allowed: tuple[Feed.State, ...], words: object, **fields: object) -> None:
    """Compare and set: of two people who decide at once, one is told that the other was first."""
    rows = Feed.objects.for_agency(feed.agency).filter(pk=feed.pk, state__in=allowed)
    if not rows.update(**fields):
        raise NotNow(str(words))
    for name, value in fields.items():
        setattr(feed, name, value)
