"""The mail that tells a person what was written in a ticket."""

from __future__ import annotations

from typing import Any

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from accounts.mail import public_url
from estates.remotes.plain import one_line
from support.models import Notice

SUBJECT_LIMIT = 150
TEXT_LIMIT = 4000


def compose(notice: Notice) -> EmailMessage:
    """In plain text, in the person's language: whatever was written stays text."""
    message, agency = notice.message, notice.agency
    ticket = message.ticket
    says: dict[str, Any] = {
        "ticket": ticket,
        "subject": one_line(ticket.subject),
        "who": one_line(message.author_name) or ("Ts-Immo" if message.from_support else ""),
        "agency": agency,
        "text": message.text[:TEXT_LIMIT],
        "is_cut": len(message.text) > TEXT_LIMIT,
        "link": public_url(reverse("support:detail", args=[agency.slug, ticket.pk])),
    }
    with (
        translation.override(notice.user.language or agency.language),
        timezone.override(agency.time_zone),
    ):
        subject = one_line(render_to_string("support/mail/news_subject.txt", says))[:SUBJECT_LIMIT]
        text = render_to_string("support/mail/news.txt", says)
    return EmailMessage(subject, text, to=[notice.user.email], headers={"Auto-Submitted": "auto-generated"})
