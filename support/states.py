"""Ts-Immo's words for the state of a ticket, and what each of them means for the agency. An open list."""

from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FINAL = frozenset({"DONE", "CLOSED"})
OVER = reduce(or_, (Q(state__iexact=state) for state in sorted(FINAL))) | Q(missing_since__isnull=False)
"""The condition on tickets to which nothing more can be written."""


class Turn(models.TextChoices):
    """Who has the next word."""

    SUPPORT = "support", _("Waiting for support")
    US = "us", _("Waiting for you")
    NOBODY = "nobody", _("Closed")


LABELS: dict[str, Promise] = {
    "": _("Not taken in yet"),
    "IN_PROGRESS": _("Support is working on it"),
    "WAITING_FOR_SUPPORT": _("Waiting for support"),
    "PENDING": _("Waiting for you"),
    "DONE": _("Solved"),
    "CLOSED": _("Closed"),
}

SENTENCES: dict[str, Promise] = {
    "": _("Your message is kept here, and goes to Ts-Immo as soon as it answers."),
    "IN_PROGRESS": _("Somebody at Ts-Immo is working on it. You need not do anything."),
    "WAITING_FOR_SUPPORT": _("Ts-Immo has your message and has not answered yet."),
    "PENDING": _("Ts-Immo has answered or asked something, and waits for your word."),
    "DONE": _("Ts-Immo says that this is solved. If it is not, open a new ticket that refers to this one."),
    "CLOSED": _("This ticket is closed. To go on, open a new ticket that refers to it."),
}

TURNS = {"PENDING": Turn.US, "DONE": Turn.NOBODY, "CLOSED": Turn.NOBODY}


def label_of(state: str) -> str | Promise:
    """The state in the reader's words; one that is unknown as it came."""
    return LABELS.get(state.upper()) or state.replace("_", " ").capitalize()


def sentence_of(state: str) -> str | Promise:
    return SENTENCES.get(state.upper()) or _("Ts-Immo uses a state that the portal does not know yet.")


def turn_of(state: str) -> Turn:
    """Whatever is unknown waits for support: nobody here is told that it is up to them."""
    return TURNS.get(state.upper(), Turn.SUPPORT)
