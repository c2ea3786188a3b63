"""The mail that carries an invitation's link."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from accounts.mail import deliver, public_url
from accounts.models import Invitation
from accounts.people import person_with


def send(invitation: Invitation, token: str) -> bool:
    """Mails the link in the reader's language, else the agency's; call it after the commit.

    False when the mail server did not take it: the invitation then stands as not sent, to be sent again.
    """
    person = person_with(invitation.email)
    with (
        translation.override((person and person.language) or invitation.agency.language),
        timezone.override(invitation.agency.time_zone),
    ):
        message = compose(invitation, token)
    if not deliver(message):
        return False
    invitation.sent_at = timezone.now()
    invitation.save(update_fields=["sent_at"])
    return True


def compose(invitation: Invitation, token: str) -> EmailMultiAlternatives:
    says = {
        "invitation": invitation,
        "agency": invitation.agency,
        "link": public_url(reverse("invitation", args=[token])),
        "days": settings.INVITATION_DAYS,
    }
    subject = " ".join(render_to_string("accounts/mail/invitation_subject.txt", says).split())
    message = EmailMultiAlternatives(
        subject, render_to_string("accounts/mail/invitation.txt", says), to=[invitation.email]
    )
    message.attach_alternative(render_to_string("accounts/mail/invitation.html", says), "text/html")
    return message
