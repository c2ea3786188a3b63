"""Listings that are sent by workers that die, while Seeki loses its answers, in a process of its own.

`python -m tests.syndication.pushing.drill` prints JSON: what is in the rows against what is at Seeki.
"""

import json
import os
import random
import tempfile
import time
from collections import Counter
from pathlib import Path

from portal.sandbox import sandbox
from tests.jobs import drill as jobs

LISTINGS = 1_500
SECONDS, KILLS = 100, 3
TOGETHER = "200,50,10,1"
CUTS = ("lost", "dropped", "truncated_json", "error_500", "half_answer", "infra_lost", "queue_rejected")


def send_under_fire(box, setup: jobs.Setup) -> dict[str, object]:
    from tests.syndication.pushing import making

    account = box.seeki.create_account("drill")
    agency = jobs.new_agency("drill")
    plan = making.plan(agency, key=account.key)
    making.looked_at(making.listings(plan, making.estates(agency, LISTINGS)))
    setup.start_worker(2)
    wait_for_the_first_request(plan)
    begun = time.monotonic()
    killed, next_kill, quiet = 0, begun + 0.5, begun + 15
    while (now := time.monotonic()) < begun + SECONDS and is_something_left(plan):
        if now > quiet:
            box.clear_faults()
        elif random.random() < 0.3:
            box.fault(random.choice(CUTS), operation="send_listings", times=1, value="20")
            box.fault("lost", operation="import_status", times=3)
        if now > next_kill and killed < KILLS:
            setup.kill_worker()
            killed, next_kill = killed + 1, now + random.uniform(2, 5)
        setup.supervise()
        hasten(plan)
        time.sleep(0.3)
    return result(plan, account, killed)


def wait_for_the_first_request(plan) -> None:
    """A worker that is killed before it has begun proves nothing, and takes its time."""
    from estates.syndication.models import Batch

    keep_until = time.monotonic() + SECONDS
    while time.monotonic() < keep_until and not Batch.objects.for_agency(plan.agency).exists():
        hasten(plan)
        time.sleep(0.1)


def is_something_left(plan) -> bool:
    from estates.syndication.models import Listing

    return Listing.objects.for_agency(plan.agency).exclude(stage="done").exists()


def hasten(plan) -> None:
    """The timer comes more often, and nobody waits for the next try as long as in earnest."""
    from datetime import timedelta

    from django.utils import timezone

    from estates.jobs.models import Job, Status
    from estates.syndication import keeping
    from estates.syndication.models import Listing

    now = timezone.now()
    jobs.change(Job.objects.across_agencies().filter(status=Status.WAITING), not_before=now)
    long_ago = now - timedelta(days=2)
    jobs.change(Job.objects.across_agencies().filter(status=Status.FAILED), finished_at=long_ago)
    mine = Listing.objects.for_agency(plan.agency)
    mine.filter(stage="due", due_at__gt=now).update(due_at=now)
    keeping.keep()


def result(plan, account, killed: int) -> dict[str, object]:
    from estates.syndication.models import Batch, Listing, ListingEvent

    rows = Listing.objects.for_agency(plan.agency)
    known = dict(rows.values_list("external_id", "listing_id"))
    there = {name: listing.listing_id for name, listing in account.online.items()}
    published = Counter(
        ListingEvent.objects.filter(what="published").values_list("listing__external_id", flat=True)
    )
    deaths = Path(os.environ["DRILL_DEATHS"]).read_text().split("\n")
    return {
        "stages": dict(Counter(rows.values_list("stage", flat=True))),
        "live": rows.filter(live_until__isnull=False).count(),
        "there": len(there),
        "differ": sorted(name for name in {*known, *there} if known.get(name) != there.get(name))[:9],
        "published_twice": sorted(name for name, times in published.items() if times > 1)[:9],
        "without_refresh": rows.filter(due_at=None).count(),
        "imports": max(listing.imports for listing in account.listings.values()),
        "batches": Batch.objects.for_agency(plan.agency).count(),
        "lost": Batch.objects.for_agency(plan.agency).filter(answered_at=None).count(),
        "killed": killed,
        "deaths": Counter(filter(None, deaths)),
    }


if __name__ == "__main__":
    with sandbox(estates=0) as box, tempfile.NamedTemporaryFile() as deaths:
        os.environ.update(
            SEEKI_URL=f"{box.url}{box.seeki.base}",
            DRILL_CHANCE="0.02",
            DRILL_TOGETHER=TOGETHER,
            DRILL_DEATHS=deaths.name,
        )
        setup = jobs.Setup(modules=("tests.syndication.pushing.killing",))
        try:
            print(json.dumps(send_under_fire(box, setup)))
        finally:
            setup.end()
