"""The keeper: every minute it starts what is due, so that nothing lapses because somebody forgot."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Agency
from accounts.rows import update_rows
from estates.catalogue.models import Estate
from estates.connections.models import ConnectionKey
from estates.jobs.models import OPEN, Job, Status
from estates.syndication import looking
from estates.syndication.events import note
from estates.syndication.incoming import sending as feed_sending
from estates.syndication.models import Feed, Listing, ListingEvent, Plan
from estates.syndication.pushing import polling, sending
from estates.syndication.pushing.confirming import LIVES, out_of_line
from estates.syndication.pushing.due import due, due_of_feeds, subject_of, to_ask

logger = logging.getLogger(__name__)

Stage = Listing.Stage

ALARM = timedelta(days=14)
LOOK_EVERY = timedelta(days=1)
"""Even where nothing has changed here: pictures go, and forecasts grow old."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OUTAGES = ("unreachable", "throttled", "unauthorised")
"""Kinds of errors that end by themselves, or when somebody has mended the key."""
WAITS = {"unauthorised": DAY, "wrongenvironment": DAY}
"""After a job that failed for this, the next one waits so long, or until there is another key; else an hour."""
AT_ONCE = 500


def keep() -> None:
    """Starts what is due for every plan whose connection is in use, and notes what has lapsed.

    What goes wrong with one plan is logged and keeps no other one waiting.
    """
    now = timezone.now()
    plans = Plan.objects.across_agencies().filter(connection__removed_at=None)
    for plan in plans.select_related("agency", "connection").order_by("pk"):
        try:
            keep_plan(plan, now)
        except Exception:
            logger.exception("plan %s could not be kept", plan.pk)
    note_lapsed(now)


def keep_plan(plan: Plan, now: datetime) -> None:
    """Starts the look, the sendings and the questions that are due. Seeki is asked even while it is switched off."""
    if plan.active:
        if _is_look_due(plan, now):
            _start(plan, looking.KIND, now, looking.start_look)
        _put_in_line(plan, now)
        if due(plan, now).exists():
            _start(plan, sending.KIND, now, sending.start_sending)
        _resume_feeds(plan, now)
        _refresh_feeds(plan, now)
    if to_ask(plan).filter(poll_at__lte=now).exists():
        _start(plan, polling.KIND, now, polling.start_polling)


def lapsing_soon(agency: Agency) -> QuerySet[Listing]:
    """The listings that should stay online and have less than a fortnight left, or none: something holds them up.

    Those of a plan that somebody switched off are not among them.
    """
    rows = Listing.objects.for_agency(agency).filter(plan__active=True, wanted=True)
    return rows.filter(live_until__lt=timezone.now() + ALARM).order_by("live_until", "pk")


def note_lapsed(now: datetime) -> int:
    """Writes down, once each, what is online no more; returns how many those were."""
    over = Listing.objects.across_agencies().filter(live_until__lte=now, live_since__isnull=False)
    noted = 0
    while True:
        with transaction.atomic():
            lapsed = list(over.order_by("pk").select_for_update().defer("reasons")[:AT_ONCE])
            for listing in lapsed:
                listing.live_since = None
                if not listing.wanted and listing.stage in (Stage.DONE, Stage.REFUSED, Stage.DUE):
                    listing.stage = out_of_line(listing)
            update_rows(lapsed, ["live_since", "stage"])
            note(lapsed, ListingEvent.What.LAPSED)
        noted += len(lapsed)
        if len(lapsed) < AT_ONCE:
            return noted


def _is_look_due(plan: Plan, now: datetime) -> bool:
    seen = plan.looked_at
    if seen is None or seen < max(plan.changed_at, now - LOOK_EVERY):
        return True
    return (
        Estate.objects.for_agency(plan.agency).filter(Q(changed_at__gt=seen) | Q(gone_at__gt=seen)).exists()
    )


def _put_in_line(plan: Plan, now: datetime) -> None:
    """Whatever is to stay online has its next sending: what lost it is due when its refresh would be."""
    days = timedelta(days=plan.refresh_days)
    lost = Listing.objects.for_agency(plan.agency).filter(
        plan=plan, wanted=True, due_at=None, live_until__lte=now + LIVES - days
    )
    lost.filter(stage__in=(Stage.DONE, Stage.DUE, Stage.NONE)).update(stage=Stage.DUE, due_at=now)


def _resume_feeds(plan: Plan, now: datetime) -> None:
    """Files whose sending an outage ended go on; what a person stopped, or Seeki refused, does not.

    Whatever stopped it, a sending that a later full file has overtaken is over.
    """
    for feed in (
        Feed.objects.for_agency(plan.agency).filter(plan=plan, state=Feed.State.SENDING).order_by("pk")
    ):
        jobs = Job.objects.for_agency(plan.agency).filter(kind=feed_sending.KIND, subject=f"feed:{feed.pk}")
        last = jobs.order_by("-pk").first()
        if last is None or last.status in OPEN or feed_sending.close_overtaken(feed):
            continue
        ended = last.status == Status.FAILED and last.error_kind in OUTAGES
        if ended and not _waits(plan, jobs, now):
            feed_sending.resume(feed)


def _refresh_feeds(plan: Plan, now: datetime) -> None:
    ids = due_of_feeds(plan, now).values_list("feed_item__feed", flat=True).distinct()
    for feed in (
        Feed.objects.for_agency(plan.agency).filter(pk__in=list(ids)).exclude(stored_as="").order_by("pk")
    ):
        jobs = Job.objects.for_agency(plan.agency).filter(kind=feed_sending.KIND, subject=f"feed:{feed.pk}")
        if not _waits(plan, jobs, now):
            feed_sending.start_refresh(feed)


def _start(plan: Plan, kind: str, now: datetime, start: Callable[[Plan], Job]) -> None:
    jobs = Job.objects.for_agency(plan.agency).filter(kind=kind, subject=subject_of(plan))
    if not _waits(plan, jobs, now):
        start(plan)


def _waits(plan: Plan, jobs: QuerySet[Job], now: datetime) -> bool:
    """Whether such work is under way already, or went wrong so lately that it would again."""
    last = jobs.order_by("-pk").first()
    if last is None or last.status == Status.DONE:
        return False
    if last.status in OPEN:
        return True
    ended = last.finished_at or now
    if ended <= now - WAITS.get(last.error_kind, HOUR):
        return False
    live = ConnectionKey.objects.filter(connection=plan.connection, standing=ConnectionKey.Standing.LIVE)
    return not live.filter(stored_at__gt=ended).exists()
