"""Looking at Ts-Immo whether a message has arrived whose answer was lost."""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum, auto

from django.db.models import Q, QuerySet

from estates.jobs.run import Run
from estates.remotes.ts_immo import TsImmoClient
from support.delivery.matching import is_foreign, is_mail_of, keys_of, says
from support.mirror.taking_in import take_in
from support.models import Delivery, Message


class Look(Enum):
    """What a look says of a message: it is there, nothing new is, or something is that it might be."""

    THERE = auto()
    ABSENT = auto()
    DOUBTFUL = auto()


def look(run: Run, client: TsImmoClient, message: Message) -> tuple[Look, list[str]]:
    """Takes in what is new at Ts-Immo since the call; the message that this is has been sent. With the keys of all
    that is there.

    What others wrote in other words, and what support wrote, is not in doubt. Where Ts-Immo shows no thread, all
    is. Raises `RemoteError`.
    """
    there = _tickets(run, client, message) if message.opens else look_through_thread(run, client, message)
    delivery = Message.objects.for_agency(run.agency).values_list("delivery", flat=True).get(pk=message.pk)
    if delivery == Delivery.SENT:
        return Look.THERE, there or []
    if there is None:
        return Look.DOUBTFUL, []
    new = _new(message, set(there).difference(message.known))
    theirs = [each for each in new if is_foreign(each) and not each.from_support]
    is_doubtful = any(is_mail_of(message, each.author_mail) or says(message, each.text) for each in theirs)
    return Look.DOUBTFUL if is_doubtful else Look.ABSENT, there


def look_through_thread(run: Run, client: TsImmoClient, message: Message) -> list[str] | None:
    """Takes in the message's ticket, and gives the keys of its comments; None where Ts-Immo names none."""
    ticket = message.ticket
    remote = client.ticket(ticket.remote_id, ticket.domain, retries=2)
    with run.step():
        take_in(run.agency, ticket.connection, ticket.domain, remote)
    return None if remote.comments is None else keys_of(remote.comments)


def _tickets(run: Run, client: TsImmoClient, message: Message) -> list[str]:
    """Takes in the domain's tickets that are new, and gives the ids of all."""
    ticket, known = message.ticket, set(message.known)
    there = client.tickets(ticket.domain, retries=2)
    for remote in there:
        if remote.remote_id not in known:
            with run.step():
                take_in(run.agency, ticket.connection, ticket.domain, remote)
    return [remote.remote_id for remote in there]


def _new(message: Message, keys: Collection[str]) -> QuerySet[Message]:
    rows = Message.objects.for_agency(message.agency).filter(opens=message.opens)
    if message.opens:
        return rows.filter(ticket__connection=message.ticket.connection, ticket__remote_id__in=keys)
    return rows.filter(Q(remote_id__in=keys) | Q(trace__in=keys), ticket=message.ticket)
