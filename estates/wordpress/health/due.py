"""The timer's looks: every active site of every agency about once an hour, some dozens at once.

Not a job for each: a thousand sites must not fill the line in which people's work waits. A row is claimed for a
while; whoever dies with it loses it when that is over.
"""

import logging
import secrets
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from estates.connections.web import web_client
from estates.wordpress.health.keep import EVERY, keep
from estates.wordpress.health.look import Look, look_at
from estates.wordpress.models import Site, SiteHealth, State

logger = logging.getLogger(__name__)

AT_ONCE = 64
REFILL = 8
SLICE_SECONDS = 5.0
"""How long a slice takes on further sites; those under way then end within `LOOK_SECONDS`."""
LEASE = timedelta(seconds=60)
NUDGE_LASTS = 60
"""Seconds: the timer asks again by then."""

UnderWay = dict[Future[Look], SiteHealth]


def look_at_due_sites(nudge: Callable[[], object]) -> int:
    """Looks at due sites for one slice, and returns at how many; `nudge` asks for the next slice while sites are due.

    One slice at a time, in whichever process is free, has threads enough: the other processes are for people's work.
    """
    enrol()
    if SiteHealth.objects.across_agencies().filter(leased_until__gt=timezone.now()).exists():
        return 0
    looked = work_through()
    if looked and due().exists():
        nudge()
    return looked


def enrol() -> None:
    """Every active site has its row; a new one is due at once."""
    without = Site.objects.across_agencies().filter(state=State.ACTIVE, health=None)
    now = timezone.now()
    SiteHealth.objects.across_agencies().bulk_create(
        [SiteHealth(agency_id=site.agency_id, site=site, next_at=now) for site in without[:1000]],
        ignore_conflicts=True,
    )


def due() -> QuerySet[SiteHealth]:
    now = timezone.now()
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    rows = SiteHealth.objects.across_agencies().filter(free, next_at__lte=now, site__state=State.ACTIVE)
    return rows.order_by("next_at", "pk")


def claim(number: int) -> list[SiteHealth]:
    """Takes due sites for this worker, compare and set: no site is ever looked at by two."""
    token, until = secrets.token_hex(8), timezone.now() + LEASE
    with transaction.atomic():
        # PostgreSQL passes by what others are just claiming; on SQLite the transaction waits for theirs.
        found = due().select_for_update(skip_locked=True, of=("self",))
        ids = list(found.values_list("pk", flat=True)[:number])
        taken = due().order_by().filter(pk__in=ids).update(claim=token, leased_until=until)
    if not taken:
        return []
    rows = SiteHealth.objects.across_agencies().filter(pk__in=ids, claim=token)
    return list(rows.select_related("site__agency").defer("faults", "facts"))


def work_through() -> int:
    """Only the pages are fetched in threads: this one alone speaks to the database."""
    with web_client() as client, ThreadPoolExecutor(AT_ONCE) as pool:
        ends, looked = time.monotonic() + SLICE_SECONDS, 0
        under_way: UnderWay = {}
        while True:
            free = AT_ONCE - len(under_way)
            if time.monotonic() < ends and (free >= REFILL or not under_way):
                for health in claim(free):
                    under_way[pool.submit(look_at, client, health.site.domain)] = health
            if not under_way:
                return looked
            finished, _ = wait(under_way, return_when=FIRST_COMPLETED)
            for future in finished:
                settle(under_way.pop(future), future)
            looked += len(finished)


def settle(health: SiteHealth, future: Future[Look]) -> None:
    """Keeps a look. One that broke is the portal's own fault: the site comes up again with the next round."""
    try:
        look = future.result()
    except Exception:
        logger.exception("the look at site %s broke", health.site_id)
        rows = SiteHealth.objects.for_agency(health.site.agency).filter(pk=health.pk, claim=health.claim)
        rows.update(claim="", leased_until=None, next_at=timezone.now() + EVERY)
    else:
        keep(health.site, look, health.claim)
