"""The mail that warns of the end of a site's plan."""

from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from accounts.mail import deliver, public_url
from accounts.models import Membership, User
from accounts.roles import Role
from estates.wordpress.models import Site


def send(site: Site, days: int) -> bool:
    """Mails the agency's owners and managers, each in their language; False when no mail left."""
    rows = Membership.objects.filter(agency=site.agency, role__in=(Role.OWNER, Role.MANAGER))
    people = [row.user for row in rows.filter(user__is_active=True).select_related("user").order_by("pk")]
    return sum(deliver(compose(site, person, days)) for person in people) > 0


def compose(site: Site, person: User, days: int) -> EmailMultiAlternatives:
    link = public_url(reverse("wordpress:detail", args=[site.agency.slug, site.pk]))
    says: dict[str, Any] = {"site": site, "agency": site.agency, "days": days, "link": link}
    with (
        translation.override(person.language or site.agency.language),
        timezone.override(site.agency.time_zone),
    ):
        subject = " ".join(render_to_string("wordpress/mail/ending_subject.txt", says).split())
        text = render_to_string("wordpress/mail/ending.txt", says)
        page = render_to_string("wordpress/mail/ending.html", says)
    message = EmailMultiAlternatives(subject, text, to=[person.email])
    message.attach_alternative(page, "text/html")
    return message
