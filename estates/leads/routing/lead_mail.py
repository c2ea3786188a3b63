"""The mail that tells a person of a lead."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from accounts.mail import public_url
from estates.leads.contacts import mail_key
from estates.leads.models import Lead, LeadOffer, Notice

SUBJECT_LIMIT = 150
MESSAGE_LIMIT = 4000
NAME_LIMIT = 60


def compose(notice: Notice) -> EmailMessage:
    """In plain text, in the person's language: whatever the lead wrote stays text. An answer goes to the lead."""
    lead, agency = notice.lead, notice.agency
    offer = LeadOffer.objects.for_agency(agency).filter(lead=lead).first()
    says: dict[str, Any] = {
        "lead": lead,
        "who": who(lead),
        "agency": agency,
        "message": lead.message[:MESSAGE_LIMIT],
        "is_cut": len(lead.message) > MESSAGE_LIMIT,
        "link": link_to(lead),
        "reply_to": reply_address(lead),
        "until": offer.until if offer and notice.kind == Notice.Kind.OFFERED else None,
        "offered": notice.kind == Notice.Kind.OFFERED,
    }
    with (
        translation.override(notice.user.language or agency.language),
        timezone.override(agency.time_zone),
    ):
        subject = one_line(render_to_string("leads/mail/lead_subject.txt", says))[:SUBJECT_LIMIT]
        text = render_to_string("leads/mail/lead.txt", says)
    return EmailMessage(
        subject,
        text,
        to=[notice.user.email],
        reply_to=[address] if (address := reply_address(lead)) else None,
        headers={"Auto-Submitted": "auto-generated"},
    )


def link_to(lead: Lead) -> str:
    return public_url(reverse("leads:detail", args=[lead.agency.slug, lead.pk]))


def who(lead: Lead) -> str:
    """What the person is called in a mail, on one line and short enough for a subject."""
    return one_line(lead.name or lead.email or lead.phone or f"#{lead.pk}")[:NAME_LIMIT]


def reply_address(lead: Lead) -> str:
    """The lead's own address where it is one that a header can hold, else ""."""
    address = lead.email.strip()
    try:
        validate_email(address)
    except ValidationError:
        return ""
    return address if mail_key(address) and address.isascii() else ""


def one_line(text: str) -> str:
    """Without line breaks and other signs that nobody sees: a header ends where its line does."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
