"""Looking at Ts-Immo whether a message has arrived whose answer was lost."""

from __future__ import annotations

from enum import Enum, auto

from django.db.models import Q, QuerySet

from estates.jobs.run import Run
from estates.remotes.ts_immo import TsImmoClient
from support.delivery.matching import is_foreign, is_mail_of, keys_of
from support.mirror.taking_in import take_in
from support.models import Delivery, Message


class Look(Enum):
    """What a look says of a message: it is there, nothing new is, or something is that it might be."""

    THERE = auto()
    ABSENT = auto()
    DOUBTFUL = auto()


def look(run: Run, client: TsImmoClient, message: Message) -> Look:
    """Takes in what is new at Ts-Immo since the call; the message that this is has been sent.

    What was written by others, or by support, is not in doubt. Where Ts-Immo shows no thread, all is. Raises
    `RemoteError`.
    """
    found = _new_tickets(run, client, message) if message.opens else _new_comments(run, client, message)
    delivery = Message.objects.for_agency(run.agency).values_list("delivery", flat=True).get(pk=message.pk)
    if delivery == Delivery.SENT:
        return Look.THERE
    if found is None:
        return Look.DOUBTFUL
    theirs = [new for new in found if is_foreign(new) and not new.from_support]
    return Look.DOUBTFUL if any(is_mail_of(message, new.author_mail) for new in theirs) else Look.ABSENT


def look_through_thread(run: Run, client: TsImmoClient, message: Message) -> list[str] | None:
    """Takes in the message's ticket, and gives the keys of its comments; None where Ts-Immo names none."""
    ticket = message.ticket
    remote = client.ticket(ticket.remote_id, ticket.domain, retries=2)
    with run.step():
        take_in(run.agency, ticket.connection, ticket.domain, remote)
    return None if remote.comments is None else keys_of(remote.comments)


def _new_tickets(run: Run, client: TsImmoClient, message: Message) -> QuerySet[Message]:
    ticket, known = message.ticket, set(message.known)
    new = [each for each in client.tickets(ticket.domain, retries=2) if each.remote_id not in known]
    for remote in new:
        with run.step():
            take_in(run.agency, ticket.connection, ticket.domain, remote)
    return Message.objects.for_agency(run.agency).filter(
        opens=True,
        ticket__connection=ticket.connection,
        ticket__remote_id__in=[remote.remote_id for remote in new],
    )


def _new_comments(run: Run, client: TsImmoClient, message: Message) -> QuerySet[Message] | None:
    keys = look_through_thread(run, client, message)
    if keys is None:
        return None
    new = set(keys).difference(message.known)
    thread = Message.objects.for_agency(run.agency).filter(ticket=message.ticket, opens=False)
    return thread.filter(Q(remote_id__in=new) | Q(trace__in=new))
