"""The end of a site's plan: who is warned of it, and when."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from accounts.mail_choices import readers
from accounts.models import MailKind
from estates.jobs.start import start
from estates.wordpress.models import Site, State

MAIL = "wordpress.ending_mail"
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
    """Starts the mails that are due today, and returns of how many sites. Two timers at once start each once.

    Where nobody wants them, tomorrow's run looks again.
    """
    latest = timezone.now().date() + timedelta(days=EARLY + 1)
    active = Site.objects.across_agencies().filter(state=State.ACTIVE, expires_at__lte=latest)
    warned = 0
    for site in active.select_related("agency"):
        due = due_warning(site, today_of(site))
        if due and readers(site.agency, MailKind.PLAN):
            warned += warn(site, due)
    return warned


def warn(site: Site, due: int) -> bool:
    """Marks the warning and starts its mail; False where somebody else was first or the plan was renewed."""
    rows = Site.objects.for_agency(site.agency).filter(
        pk=site.pk, expires_at=site.expires_at, warned_of=site.warned_of, warned_days=site.warned_days
    )
    with transaction.atomic():
        if not rows.update(warned_of=site.expires_at, warned_days=due):
            return False
        ends = str(site.expires_at)
        params = {"site": site.pk, "ends": ends}
        start(site.agency, MAIL, subject=f"site:{site.pk}:{ends}:{due}", title=site.shown, params=params)
        return True
