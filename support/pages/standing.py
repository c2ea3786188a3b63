"""How a ticket stands for the people of the agency: its state, and who has the next word."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from support.models import Delivery, Message, Ticket
from support.states import Turn, label_of

BADGES = {
    "": "not_taken_in",
    "IN_PROGRESS": "in_progress",
    "WAITING_FOR_SUPPORT": "waiting_for_support",
    "PENDING": "waiting_for_you",
    "DONE": "done",
    "CLOSED": "closed",
}
"""The signs of the states, by Ts-Immo's words for them."""
GONE = _("No longer at Ts-Immo")
GONE_SENTENCE = _("Ts-Immo no longer knows this ticket. What was read before stays here.")
CLOSING = _("Being closed")
CLOSING_SENTENCE = _("Ts-Immo is being asked to close it.")
SENDING_SENTENCE = _("What you wrote is on its way to Ts-Immo.")
FAILED_SENTENCE = _("It is not certain that all you wrote has reached Ts-Immo: see below.")

FAILED = (Delivery.REFUSED, Delivery.UNKNOWN)


@dataclass(frozen=True)
class Standing:
    """What is to be known of a ticket first: its sign, words and sentence, and who has the next word.

    `is_ours` is where they tell of what was written here, and not of the state at Ts-Immo.
    """

    badge: str
    label: str | Promise
    sentence: str | Promise
    turn: Turn
    is_ours: bool = False

    @property
    def says_more(self) -> bool:
        """The words are worth a place beside who has the next word."""
        return str(self.label) != str(self.turn.label)


def standing_of(ticket: Ticket, *, failed: bool, sending: bool) -> Standing:
    """What is not sent is up to us whatever Ts-Immo says; what is on its way is not."""
    turn = _turn_of(ticket, failed, sending)
    if failed:
        return Standing("refused", Delivery.REFUSED.label, FAILED_SENTENCE, turn, is_ours=True)
    if ticket.missing_since:
        return Standing("gone", GONE, GONE_SENTENCE, turn)
    if ticket.close_asked_at and not ticket.is_final:
        return Standing("closing", CLOSING, CLOSING_SENTENCE, turn, is_ours=True)
    if sending and not ticket.is_final:
        sentence = SENDING_SENTENCE if ticket.state else ticket.sentence
        return Standing("pending", Delivery.PENDING.label, sentence, turn, is_ours=True)
    badge = BADGES.get(ticket.state.upper(), "other")
    return Standing(badge, label_of(ticket.state), ticket.sentence, turn)


def _turn_of(ticket: Ticket, failed: bool, sending: bool) -> Turn:
    if ticket.missing_since or ticket.is_final:
        return Turn.US if failed else Turn.NOBODY
    if failed or ticket.close_words:
        return Turn.US
    return Turn.SUPPORT if sending or ticket.close_asked_at else ticket.turn


def has(*deliveries: Delivery) -> Exists:
    """Whether a ticket has a message that came to this."""
    return Exists(Message.objects.across_agencies().filter(ticket=OuterRef("pk"), delivery__in=deliveries))
