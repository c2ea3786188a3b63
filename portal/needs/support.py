"""Messages that did not reach Ts-Immo's support, and answers of support that wait for a word."""

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.timesince import timesince
from django.utils.translation import gettext

from portal.needs.need import MOST, Asked, Facts, Kind, Need, first_of, moment
from portal.needs.work import RECENT
from support.models import Delivery, Message, Ticket
from support.states import OVER
from support.writing import subject_of

PATIENCE = timedelta(hours=1)
"""How long Ts-Immo may be silent before people are told."""


def unsent_messages(asked: Asked) -> Kind:
    """The tickets whose messages were refused, perhaps arrived, or have waited for long: one need for each."""
    told: set[int] = set()

    def tell(facts: Facts) -> Need | None:
        if facts["ticket"] in told:
            return None
        told.add(facts["ticket"])
        page = reverse("support:detail", args=[asked.agency.slug, facts["ticket"]])
        subject = subject_of(Ticket(pk=facts["ticket"]))
        return Need(facts["about"], _of_message(facts, asked), facts["words"], page, subject)

    waits = Q(delivery=Delivery.PENDING, written_at__lt=asked.now - PATIENCE)
    undecided = Q(delivery__in=(Delivery.REFUSED, Delivery.UNKNOWN))
    # Nothing can be done any more about a message to a ticket that was closed; that it did not arrive is news.
    over = Ticket.objects.for_agency(asked.agency).filter(OVER)
    lost = Q(ticket__in=over, written_at__lt=asked.now - RECENT)
    found = Message.objects.for_agency(asked.agency).filter(waits | undecided).exclude(lost)
    names = ("pk", "ticket", "delivery", "words", "written_at")
    facts = {**{name: name for name in names}, "about": "ticket__subject"}
    return Kind(first_of(found, "-pk", most=5 * MOST), facts, tell, _waits_for_a_person_first)


def answered_tickets(asked: Asked) -> Kind:
    """Tickets to which support has answered, or in which it asked something: the next word is the agency's."""
    sentence = gettext("Ts-Immo has answered or asked something, and waits for your word.")

    def tell(facts: Facts) -> Need:
        page = reverse("support:detail", args=[asked.agency.slug, facts["pk"]])
        return Need(facts["subject"], sentence, "", page)

    waiting = Ticket.objects.for_agency(asked.agency).filter(
        state__iexact="PENDING", missing_since=None, close_asked_at=None
    )
    found = first_of(waiting, "-changed_at", "-pk")
    facts = {"pk": "pk", "subject": "subject", "changed_at": "changed_at"}
    return Kind(found, facts, tell, _changed_last_first)


def _waits_for_a_person_first(facts: Facts) -> Any:
    """Before what waits for Ts-Immo; else the newest."""
    return facts["delivery"] == Delivery.PENDING, -facts["pk"]


def _changed_last_first(facts: Facts) -> Any:
    return -moment(facts["changed_at"]).timestamp(), -facts["pk"]


def _of_message(facts: Facts, asked: Asked) -> str:
    if facts["delivery"] == Delivery.REFUSED:
        return gettext("Ts-Immo refused your message to support.")
    if facts["delivery"] == Delivery.UNKNOWN:
        return gettext("Nobody knows whether your message to support arrived.")
    time = timesince(moment(facts["written_at"]), asked.now, depth=1)
    return gettext("Ts-Immo has not answered for %(time)s. Your messages are kept.") % {"time": time}
