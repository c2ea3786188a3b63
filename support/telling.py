"""Word of new comments to partners who asked for it."""

from collections.abc import Iterable

from estates.webhooks.kinds import EventType
from estates.webhooks.tell import tell
from support.models import Message, Ticket


def tell_of_comments(ticket: Ticket, messages: Iterable[Message]) -> None:
    """In the transaction that keeps them. The message that opens a ticket is no comment."""
    for message in messages:
        if not message.opens:
            tell(ticket.agency_id, EventType.TICKET_COMMENT, [ticket.pk], comment=message.pk)
