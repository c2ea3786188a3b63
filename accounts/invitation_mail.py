"""The mail that carries an invitation's link."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import timezone

from accounts import mail
from accounts.models import Invitation, User
from accounts.people import person_with


def send(invitation: Invitation, token: str) -> bool:
    """Mails the link in the reader's language, else the agency's; call it after the commit.

    False when the mail server did not take it: the invitation then stands as not sent, to be sent again.
    """
    if not mail.deliver(compose(invitation, token, person_with(invitation.email))):
        return False
    invitation.sent_at = timezone.now()
    invitation.save(update_fields=["sent_at"])
    return True


def compose(invitation: Invitation, token: str, person: User | None = None) -> EmailMultiAlternatives:
    """`person` is who logs in with the address already."""
    agency = invitation.agency
    says = {
        "invitation": invitation,
        "agency": agency,
        "link": mail.public_url(reverse("invitation", args=[token])),
        "days": settings.INVITATION_DAYS,
    }
    language = (person and person.language) or agency.language
    reader = mail.Reader(invitation.email, language, agency.time_zone)
    return mail.compose("accounts/mail/invitation", says, reader)
