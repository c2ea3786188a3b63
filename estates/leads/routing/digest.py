"""The daily digest: yesterday's leads and those that wait, to each member who wants it, once a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.mail import EmailMultiAlternatives
from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts import mail
from accounts.mail_choices import readers
from accounts.models import Agency, MailKind, User
from estates.jobs.mailing import handed_over, reached
from estates.jobs.run import Continue, Run
from estates.jobs.start import start
from estates.leads.models import Digest, Lead, State
from estates.leads.routing.lead_mail import link_to, who
from estates.remotes.errors import Unreachable

KIND = "leads.digest"
HOUR = 7
"""From when on, in the agency's time zone, the digest of the day before goes out."""
SHOWN = 20


def due_day(agency: Agency) -> date | None:
    """The day whose digest may go out now."""
    now = timezone.localtime(timezone=ZoneInfo(agency.time_zone))
    return now.date() - timedelta(days=1) if now.hour >= HOUR else None


def due_people(agency: Agency, day: date) -> list[User]:
    """Who wants the day's digest and has not been sent it."""
    told = set(Digest.objects.for_agency(agency).filter(day=day).values_list("user_id", flat=True))
    return [user for user in readers(agency, MailKind.DIGEST) if user.pk not in told]


def start_due_digests() -> int:
    """Starts the digests whose hour has come; returns of how many agencies."""
    with_leads = Lead.objects.across_agencies().order_by().values("agency")
    started = 0
    for agency in Agency.objects.filter(pk__in=with_leads):
        day = due_day(agency)
        if day and due_people(agency, day):
            start(agency, KIND, subject=day.isoformat(), params={"day": day.isoformat()})
            started += 1
    return started


def send(run: Run) -> None:
    """The work of `leads.digest`. Raises `Unreachable` while the mail server is away."""
    day = date.fromisoformat(run.params["day"])
    people = due_people(run.agency, day)
    news = News(run.agency, day)
    for user in people:
        server = reached()
        try:
            with run.step(phase="mailing", total=len(people)):
                row, is_new = Digest.objects.across_agencies().get_or_create(
                    agency=run.agency, user=user, day=day
                )
            if is_new and (message := compose(news, user)):
                message.connection = server
                try:
                    handed_over(message)
                except Unreachable:
                    row.delete()  # the mark is taken back
                    raise
        finally:
            server.close()
        if run.out_of_time:
            raise Continue


class News:
    """What a day's digest of an agency tells everybody."""

    def __init__(self, agency: Agency, day: date) -> None:
        self.agency, self.day = agency, day
        zone = ZoneInfo(agency.time_zone)
        midnight = datetime.combine(day, datetime.min.time(), zone)
        after = datetime.combine(day + timedelta(days=1), datetime.min.time(), zone)
        came = self.leads().filter(happened_at__gte=midnight, happened_at__lt=after)
        self.by_source = [
            (Lead(source=source).get_source_display(), number)
            for source, number in came.order_by("source").values_list("source").annotate(number=Count("pk"))
        ]
        self.came = sum(number for _name, number in self.by_source)
        self.unassigned = self.waiting().filter(assignee=None)

    def leads(self) -> QuerySet[Lead]:
        return Lead.objects.for_agency(self.agency).filter(erased_at=None).order_by()

    def waiting(self) -> QuerySet[Lead]:
        return self.leads().filter(state=State.NEW).select_related("agency")


def compose(news: News, user: User) -> EmailMultiAlternatives | None:
    """None where there is nothing to tell."""
    mine = news.waiting().filter(assignee=user)
    waiting, nobodys = mine.count(), news.unassigned.count()
    if not (news.came or waiting or nobodys):
        return None
    says = {
        "agency": news.agency,
        "day": news.day,
        "came": news.came,
        "by_source": news.by_source,
        "waiting": waiting,
        "mine": lines(mine.order_by("happened_at")[:SHOWN]),
        "nobodys": nobodys,
        "unassigned": lines(news.unassigned.order_by("happened_at")[:SHOWN]),
    }
    return written(user, news.agency, says)


def lines(leads: Iterable[Lead]) -> list[tuple[str, str]]:
    """Each lead's name and address."""
    return [(who(lead), link_to(lead)) for lead in leads]


def written(user: User, agency: Agency, says: dict[str, Any]) -> EmailMultiAlternatives:
    inbox = mail.public_url(reverse("leads:index", args=[agency.slug]))
    reader = mail.reader_of(user, agency, MailKind.DIGEST)
    return mail.compose("leads/mail/digest", {**says, "inbox": inbox}, reader)
