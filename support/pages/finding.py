"""Which tickets are looked for, and what waits for somebody among them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Agency, User
from support.forms import NO_STATE
from support.models import Delivery, Message, Ticket
from support.pages.reading import unread_by
from support.pages.standing import FAILED, has
from support.states import OVER

RECENT = timedelta(days=7)
"""How long a message that was not sent calls for somebody after its ticket was closed."""


@dataclass(frozen=True)
class Counts:
    """How many tickets each tab holds, how many are unread, and the newest message of all."""

    all: int
    you: int
    support: int
    closed: int
    newest: int
    fresh: int


def annotated(agency: Agency, user: User) -> QuerySet[Ticket]:
    """The agency's tickets with `unread` by the person, `failed`, `sending` and `for_you`."""
    marked = light(agency).annotate(
        unread=_true(unread_by(user)), failed=has(*FAILED), sending=has(Delivery.PENDING)
    )
    answer = Q(state__iexact="PENDING", sending=False, close_asked_at=None) | ~Q(close_words="")
    undelivered = Q(failed=True) & (~OVER | Q(changed_at__gte=timezone.now() - RECENT))
    return marked.annotate(for_you=_true(Q(unread=True) | undelivered | (~OVER & answer)))


def counts_of(tickets: QuerySet[Ticket]) -> Counts:
    return Counts(
        **tickets.aggregate(
            all=Count("pk"),
            you=Count("pk", filter=on("you")),
            support=Count("pk", filter=on("support")),
            closed=Count("pk", filter=on("closed")),
            newest=Max("news", default=0),
            fresh=Count("pk", filter=Q(unread=True)),
        )
    )


def light(agency: Agency) -> QuerySet[Ticket]:
    return Ticket.objects.for_agency(agency).defer("raw", "digest")


def _true(condition: Q) -> ExpressionWrapper:
    return ExpressionWrapper(condition, output_field=BooleanField())


def on(tab: str) -> Q:
    tabs = {
        "all": Q(),
        "you": Q(for_you=True),
        "support": Q(for_you=False) & ~OVER,
        "closed": OVER,
    }
    return tabs[tab]


def condition(known: dict[str, Any]) -> Q:
    found = Q()
    if words := known.get("query"):
        said = Message.objects.across_agencies().filter(ticket=OuterRef("pk"), text__icontains=words)
        named = Q(subject__icontains=words) | Q(reporter__icontains=words) | Q(remote_id__iexact=words)
        found &= named | Q(Exists(said))
    if domain := known.get("domain"):
        found &= Q(domain=domain)
    if state := known.get("state"):
        found &= Q(state="") if state == NO_STATE else Q(state__iexact=state)
    if known.get("unread"):
        found &= Q(unread=True)
    return found
