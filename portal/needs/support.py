"""Messages that did not reach Ts-Immo's support, and answers of support that wait for a word."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext

from accounts.models import Agency
from portal.needs.need import Need
from portal.needs.work import MOST, RECENT
from support.models import Delivery, Message, Ticket
from support.states import OVER
from support.writing import subject_of

PATIENCE = timedelta(hours=1)
"""How long Ts-Immo may be silent before people are told."""


def unsent_messages(agency: Agency) -> list[Need]:
    """The tickets whose messages were refused, perhaps arrived, or have waited for long: one need for each."""
    now = timezone.now()
    waits = Q(delivery=Delivery.PENDING, written_at__lt=now - PATIENCE)
    undecided = Q(delivery__in=(Delivery.REFUSED, Delivery.UNKNOWN))
    # Nothing can be done any more about a message to a ticket that was closed; that it did not arrive is news.
    over = Ticket.objects.for_agency(agency).filter(OVER)
    lost = Q(ticket__in=over, written_at__lt=now - RECENT)
    found = Message.objects.for_agency(agency).filter(waits | undecided).exclude(lost)
    about: dict[int, Message] = {}
    # What waits for a person comes before what waits for Ts-Immo.
    for message in sorted(found.select_related("ticket").order_by("-pk")[: 5 * MOST], key=_is_pending):
        about.setdefault(message.ticket_id, message)
    return [_of_message(agency, message, now) for message in list(about.values())[:MOST]]


def answered_tickets(agency: Agency) -> list[Need]:
    """Tickets to which support has answered, or in which it asked something: the next word is the agency's."""
    sentence = gettext("Ts-Immo has answered or asked something, and waits for your word.")
    waiting = Ticket.objects.for_agency(agency).filter(
        state__iexact="PENDING", missing_since=None, close_asked_at=None
    )
    return [
        Need(ticket.subject, sentence, "", _page(agency, ticket.pk))
        for ticket in waiting.only("subject").order_by("-changed_at", "-pk")[:MOST]
    ]


def _of_message(agency: Agency, message: Message, now: datetime) -> Need:
    if message.delivery == Delivery.REFUSED:
        sentence = gettext("Ts-Immo refused your message to support.")
    elif message.delivery == Delivery.UNKNOWN:
        sentence = gettext("Nobody knows whether your message to support arrived.")
    else:
        time = timesince(message.written_at, now, depth=1)
        sentence = gettext("Ts-Immo has not answered for %(time)s. Your messages are kept.") % {"time": time}
    page = _page(agency, message.ticket_id)
    return Need(message.ticket.subject, sentence, message.words, page, subject_of(message.ticket))


def _is_pending(message: Message) -> bool:
    return message.delivery == Delivery.PENDING


def _page(agency: Agency, pk: int) -> str:
    return reverse("support:detail", args=[agency.slug, pk])
