"""The mails about an address that takes nothing: before it is switched off, and when it is."""

from functools import partial

from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import timezone

from accounts import mail
from accounts.mail_choices import readers
from accounts.models import MailKind, User
from accounts.people import owners_of
from estates.jobs.mailing import send_to_each
from estates.jobs.run import Run
from estates.webhooks.giving_up import GIVE_UP_AFTER
from estates.webhooks.models import Subscription

WARNING = "warning"


def send(run: Run) -> None:
    """The work of `webhooks.mail`: the agency's owners, each in their language and at most once.

    Raises `Unreachable` while the mail server is away.
    """
    rows = Subscription.objects.for_agency(run.agency).select_related("agency")
    subscription = rows.filter(pk=run.params["subscription"]).first()
    if subscription is None or subscription.failing_since is None:
        return  # it was removed, or works again
    what = run.params["what"]
    people = readers(run.agency, MailKind.WEBHOOK) if what == WARNING else owners_of(run.agency)
    send_to_each(run, people, partial(compose, subscription, what=what))


def compose(subscription: Subscription, person: User, what: str) -> EmailMultiAlternatives:
    """A warning may be switched off; that the portal gave up may not."""
    agency = subscription.agency
    since = subscription.failing_since or timezone.now()
    says = {
        "agency": agency,
        "subscription": subscription,
        "link": mail.public_url(reverse("partner_webhooks:detail", args=[agency.slug, subscription.pk])),
        "since": since,
        "ends": since + GIVE_UP_AFTER,
    }
    kind = MailKind.WEBHOOK if what == WARNING else None
    return mail.compose(f"webhooks/mail/{what}", says, mail.reader_of(person, agency, kind))
