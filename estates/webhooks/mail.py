"""The mails about an address that takes nothing: before it is switched off, and when it is."""

from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from accounts.mail import public_url
from accounts.models import Membership, User
from accounts.roles import Role
from estates.jobs.mailing import handed_over, reached
from estates.jobs.run import Run
from estates.webhooks.giving_up import GIVE_UP_AFTER
from estates.webhooks.models import Subscription


def send(run: Run) -> None:
    """The work of `webhooks.mail`: the agency's owners, each in their language and at most once.

    Raises `Unreachable` while the mail server is away.
    """
    rows = Subscription.objects.for_agency(run.agency).select_related("agency")
    subscription = rows.filter(pk=run.params["subscription"]).first()
    if subscription is None or subscription.failing_since is None:
        return  # it was removed, or works again
    server = reached()
    try:
        for person in _owners(subscription, run.checkpoint.get("after", 0)):
            # Marked before it leaves: rather no mail than two.
            with run.step(phase="mailing", checkpoint={"after": person.pk}):
                message = compose(subscription, person, run.params["what"])
            message.connection = server
            handed_over(message)
    finally:
        server.close()


def compose(subscription: Subscription, person: User, what: str) -> EmailMultiAlternatives:
    agency = subscription.agency
    since = subscription.failing_since or timezone.now()
    says: dict[str, Any] = {
        "agency": agency,
        "subscription": subscription,
        "link": public_url(reverse("partner_webhooks:detail", args=[agency.slug, subscription.pk])),
        "since": since,
        "ends": since + GIVE_UP_AFTER,
    }
    with translation.override(person.language or agency.language), timezone.override(agency.time_zone):
        subject = " ".join(render_to_string(f"webhooks/mail/{what}_subject.txt", says).split())
        text = render_to_string(f"webhooks/mail/{what}.txt", says)
        page = render_to_string(f"webhooks/mail/{what}.html", says)
    message = EmailMultiAlternatives(subject, text, to=[person.email])
    message.attach_alternative(page, "text/html")
    return message


def _owners(subscription: Subscription, after: int) -> list[User]:
    rows = Membership.objects.filter(agency=subscription.agency, role=Role.OWNER, user__is_active=True)
    return [row.user for row in rows.filter(user__gt=after).select_related("user").order_by("user")]
