"""The end of a site's plan: who is warned of it, and when."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from estates.wordpress.ending_mail import send
from estates.wordpress.models import Site, SiteEvent, State

EARLY, LATE = 30, 7
"""Days before the end at which the members are warned by mail, once each."""


def today_of(site: Site) -> date:
    return timezone.localdate(timezone=ZoneInfo(site.agency.time_zone))


def days_left(site: Site, today: date) -> int | None:
    """Days until the plan of an active site ends; negative after it; None where nothing is known to end."""
    if site.expires_at is None or site.state != State.ACTIVE:
        return None
    return (site.expires_at - today).days


def due_warning(site: Site, today: date) -> int | None:
    """The warning that is due, by its days, unless it or a later one was sent for the same end."""
    left = days_left(site, today)
    if left is None or not 0 <= left <= EARLY:
        return None
    due = LATE if left <= LATE else EARLY
    sent = site.warned_of == site.expires_at and site.warned_days is not None and site.warned_days <= due
    return None if sent else due


def warn_of_endings() -> int:
    """Sends the warnings that are due today, and returns of how many sites. Two timers at once send each once.

    A worker that dies between the mark and the mail loses that one mail; the pages show the end all the same.
    """
    latest = timezone.now().date() + timedelta(days=EARLY + 1)
    active = Site.objects.across_agencies().filter(state=State.ACTIVE, expires_at__lte=latest)
    warned = 0
    for site in active.select_related("agency"):
        due = due_warning(site, today_of(site))
        if due and mark(site, due):
            if send(site, days_left(site, today_of(site)) or 0):
                site.events.create(what=SiteEvent.What.WARNED)
                warned += 1
            else:
                unmark(site)
    return warned


def mark(site: Site, due: int) -> bool:
    """Notes the warning as sent; False where somebody else was first or the plan was renewed meanwhile."""
    rows = Site.objects.for_agency(site.agency).filter(
        pk=site.pk, expires_at=site.expires_at, warned_of=site.warned_of, warned_days=site.warned_days
    )
    return bool(rows.update(warned_of=site.expires_at, warned_days=due))


def unmark(site: Site) -> None:
    """Nobody could be reached: tomorrow's run tries again."""
    rows = Site.objects.for_agency(site.agency).filter(pk=site.pk, warned_of=site.expires_at)
    rows.update(warned_of=site.warned_of, warned_days=site.warned_days)
