"""The mail that tells a person of a lead."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import mail
from accounts.mail import one_line
from accounts.models import MailKind
from estates.leads.contacts import mail_key
from estates.leads.models import Lead, LeadOffer, Notice

MESSAGE_LIMIT = 4000
NAME_LIMIT = 60


def compose(notice: Notice) -> EmailMultiAlternatives:
    offer = LeadOffer.objects.for_agency(notice.agency).filter(lead=notice.lead).first()
    return written(notice, offer.until if offer else None)


def written(notice: Notice, until: datetime | None) -> EmailMultiAlternatives:
    """In the person's language; whatever the lead wrote stays text, in HTML too. An answer goes to the lead.

    `until` is when a lead that is offered may be taken at the latest.
    """
    lead, agency = notice.lead, notice.agency
    offered = notice.kind == Notice.Kind.OFFERED
    says = {
        "lead": lead,
        "who": who(lead),
        "agency": agency,
        "facts": facts_of(lead),
        "message": lead.message[:MESSAGE_LIMIT],
        "is_cut": len(lead.message) > MESSAGE_LIMIT,
        "link": link_to(lead),
        "reply_to": reply_address(lead),
        "until": until if offered else None,
        "offered": offered,
    }
    reader = mail.reader_of(notice.user, agency, MailKind.LEAD)
    return mail.compose("leads/mail/lead", says, reader, reply_to=reply_address(lead))


def facts_of(lead: Lead) -> list[tuple[str | Promise, str]]:
    """What is known of the lead, each under its name."""
    estate = lead.estate
    about = (estate.reference, estate.title, estate.city) if estate else ()
    source = str(lead.get_source_display())
    found = [
        (_("Phone"), lead.phone),
        (_("Mail"), lead.email),
        (_("Estate"), " ".join(word for word in about if word)),
        (_("Programme"), str(lead.programme or "")),
        (_("Source"), f"{source} · {lead.portal}" if lead.portal else source),
    ]
    return [(name, value) for name, value in found if value]


def link_to(lead: Lead) -> str:
    return mail.public_url(reverse("leads:detail", args=[lead.agency.slug, lead.pk]))


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
