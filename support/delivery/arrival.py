"""What the answer to a call of ours says: the message has arrived, under the number that is named."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.utils import timezone

from support.delivery.matching import is_foreign
from support.models import Delivery, Draft, Following, Message, Ticket


def has_opened(message: Message, number: str) -> None:
    """Ts-Immo has taken the ticket in as `number`, or under one that it did not name: "".

    The mirror may have met it before the answer came, and taken it for one that was opened elsewhere: that row
    gives way to ours. The caller is in a transaction.
    """
    tickets = Ticket.objects.for_agency(message.agency)
    ours = tickets.select_for_update().get(pk=message.ticket_id)
    others = tickets.filter(connection=ours.connection_id, remote_id=number).exclude(pk=ours.pk)
    twin = others.select_for_update().first() if number else None
    if twin and not _was_opened_elsewhere(twin):
        number, twin = "", None  # it names a ticket that another message has opened
    if twin:
        _give_way(twin, ours)
    if number:
        tickets.filter(pk=ours.pk).update(remote_id=number)
    _arrived(message, is_named=bool(number or ours.remote_id))


def was_added(message: Message, number: str) -> None:
    """Ts-Immo has added the comment as `number`, or under one that it did not name: "".

    The caller is in a transaction.
    """
    ticket = Ticket.objects.for_agency(message.agency).select_for_update().get(pk=message.ticket_id)
    if number == ticket.remote_id or number in message.known:
        number = ""  # the answer is about something else than the new comment
    thread = Message.objects.for_agency(message.agency).filter(ticket=ticket)
    message = thread.get(pk=message.pk)  # the mirror may have met it meanwhile
    twin = thread.filter(remote_id=number).exclude(pk=message.pk).first() if number else None
    if twin and not is_foreign(twin):
        number, twin = "", None
    if twin:
        _forget(twin, ticket)
    if number:
        message.remote_id = number
    _arrived(message, is_named=bool(message.remote_id or message.trace))


def _arrived(message: Message, *, is_named: bool) -> None:
    """What Ts-Immo named no number of keeps what it is found by in the list."""
    named: dict[str, Any] = {"asked_at": None, "known": []} if is_named else {}
    Message.objects.for_agency(message.agency).filter(pk=message.pk).update(
        delivery=Delivery.SENT,
        answered_at=timezone.now(),
        words="",
        remote_id=message.remote_id,
        version=F("version") + 1,
        **named,
    )


def _was_opened_elsewhere(ticket: Ticket) -> bool:
    opening = Message.objects.for_agency(ticket.agency).filter(ticket=ticket, opens=True).first()
    return opening is None or is_foreign(opening)


def _forget(twin: Message, ticket: Ticket) -> None:
    """The comment was ours, and so no news."""
    twin_pk = twin.pk
    twin.delete()
    if ticket.news == twin_pk:
        before = Message.objects.for_agency(ticket.agency).filter(
            ticket=ticket,
            opens=False,
            pk__lt=twin_pk,
            delivery=Delivery.SENT,
            answered_at=None,
            asked_at=None,
        )
        last = before.order_by("-pk").first()
        Ticket.objects.for_agency(ticket.agency).filter(pk=ticket.pk).update(news=last.pk if last else 0)


def _give_way(twin: Ticket, ours: Ticket) -> None:
    """Whatever people have done with the twin meanwhile goes on with our ticket."""
    agency = ours.agency
    comments = Message.objects.for_agency(agency).filter(ticket=twin, opens=False)
    news = comments.filter(pk__lte=twin.news).order_by("-pk").first()
    comments.update(ticket=ours)
    for model in (Ticket, Draft):
        model.objects.for_agency(agency).filter(follows=twin).update(follows=ours)
    theirs = Following.objects.for_agency(agency).filter(ticket=twin)
    own = Following.objects.for_agency(agency).filter(ticket=ours)
    theirs.exclude(user__in=own.values("user")).update(ticket=ours)
    drafts = Draft.objects.for_agency(agency)
    writing = drafts.filter(ticket=ours).values("user")
    drafts.filter(ticket=twin).exclude(user__in=writing).update(ticket=ours)
    Ticket.objects.for_agency(agency).filter(pk=ours.pk).update(
        close_asked_at=ours.close_asked_at or twin.close_asked_at,
        close_asked_by=ours.close_asked_by_id or twin.close_asked_by_id,
        news=max(ours.news, news.pk if news else 0),
    )
    twin.delete()
