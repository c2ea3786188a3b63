"""The mail that warns of the end of a site's plan."""

from functools import partial

from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from accounts import mail
from accounts.mail_choices import readers
from accounts.models import MailKind, User
from estates.jobs.mailing import send_to_each
from estates.jobs.run import Run
from estates.wordpress.endings import days_left, today_of
from estates.wordpress.models import Site, SiteEvent


def send(run: Run) -> None:
    """The work of `wordpress.ending_mail`: the owners and managers who want it, each in their language, once.

    Raises `Unreachable` while the mail server is away.
    """
    rows = Site.objects.for_agency(run.agency).select_related("agency")
    site = rows.filter(pk=run.params["site"], expires_at=run.params["ends"]).first()
    days = days_left(site, today_of(site)) if site else None
    if site is None or days is None or days < 0:
        return  # it was removed, renewed or switched off meanwhile, or the mail server was away for too long
    send_to_each(run, readers(run.agency, MailKind.PLAN), partial(compose, site, days=days))
    if not run.checkpoint.get("told"):
        with run.step(checkpoint={**run.checkpoint, "told": True}):
            site.events.create(what=SiteEvent.What.WARNED)


def compose(site: Site, person: User, days: int) -> EmailMultiAlternatives:
    agency = site.agency
    link = mail.public_url(reverse("wordpress:detail", args=[agency.slug, site.pk]))
    says = {"site": site, "agency": agency, "days": days, "link": link}
    return mail.compose("wordpress/mail/ending", says, mail.reader_of(person, agency, MailKind.PLAN))
