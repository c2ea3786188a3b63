"""A look becomes the site's health and a line of its history; and when the next one is due."""

import random
from dataclasses import asdict
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, F, Value, When
from django.db.models.functions import Least
from django.utils import timezone

from estates.wordpress.health.look import Look
from estates.wordpress.models import Condition, HealthLook, Site, SiteHealth

EVERY, SPREAD = timedelta(hours=1), timedelta(minutes=5)
SOONER, TIMES_SOONER = timedelta(minutes=10), 3
"""A site that is down is looked at again so soon, so often; then hourly like any other."""
MOST_LOOKS = 10_000
NEED_LOOKS = 2
"""So many looks in a row must find a site down before people are called: one may meet a restart."""


def keep(site: Site, look: Look, claim: str | None = None) -> bool:
    """Stores a look. With the `claim` under which it was made: False, and nothing, where it was lost meanwhile."""
    now = timezone.now()
    down = look.verdict == Condition.DOWN
    rows = SiteHealth.objects.for_agency(site.agency).filter(site=site)
    with transaction.atomic():
        kept = (rows if claim is None else rows.filter(claim=claim)).update(
            since=Case(When(verdict=look.verdict, then=F("since")), default=Value(now)),
            verdict=look.verdict,
            checked_at=now,
            down_looks=Least(F("down_looks") + 1, MOST_LOOKS) if down else 0,
            faults=[asdict(fault) for fault in look.faults],
            facts=look.facts,
            # In one statement: how often it was down before is not known here.
            next_at=_next_at(now, down),
            claim="",
            leased_until=None,
        )
        if kept:
            HealthLook.objects.create(
                agency=site.agency,
                site=site,
                at=now,
                verdict=look.verdict,
                milliseconds=look.milliseconds,
                faults=[fault.code for fault in look.faults],
            )
    return bool(kept)


def _next_at(now: datetime, down: bool) -> datetime | Case:
    hourly = now + EVERY + SPREAD * random.uniform(-1, 1)  # noqa: S311
    if not down:
        return hourly
    sooner = When(down_looks__lt=TIMES_SOONER, then=Value(now + SOONER))
    return Case(sooner, default=Value(hourly))
