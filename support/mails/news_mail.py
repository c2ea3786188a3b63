"""The mail that tells a person what was written in a ticket."""

from __future__ import annotations

from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from accounts import mail
from accounts.models import MailKind
from estates.remotes.plain import one_line
from support.models import Notice

TEXT_LIMIT = 4000


def compose(notice: Notice) -> EmailMultiAlternatives:
    """In the person's language; whatever was written stays text, in HTML too."""
    message, agency = notice.message, notice.agency
    ticket = message.ticket
    says = {
        "ticket": ticket,
        "subject": one_line(ticket.subject),
        "who": one_line(message.author_name) or ("Ts-Immo" if message.from_support else ""),
        "agency": agency,
        "text": message.text[:TEXT_LIMIT],
        "is_cut": len(message.text) > TEXT_LIMIT,
        "link": mail.public_url(reverse("support:detail", args=[agency.slug, ticket.pk])),
    }
    return mail.compose("support/mail/news", says, mail.reader_of(notice.user, agency, MailKind.TICKET))
