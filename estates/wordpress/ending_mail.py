"""The mail that warns of the end of a site's plan."""

from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from accounts import mail
from accounts.mail_choices import readers
from accounts.models import MailKind, User
from estates.wordpress.models import Site


def send(site: Site, days: int) -> bool:
    """Mails the owners and managers who want it, each in their language; False when no mail left."""
    people = readers(site.agency, MailKind.PLAN)
    return sum(mail.deliver(compose(site, person, days)) for person in people) > 0


def compose(site: Site, person: User, days: int) -> EmailMultiAlternatives:
    agency = site.agency
    link = mail.public_url(reverse("wordpress:detail", args=[agency.slug, site.pk]))
    says = {"site": site, "agency": agency, "days": days, "link": link}
    return mail.compose("wordpress/mail/ending", says, mail.reader_of(person, agency, MailKind.PLAN))
