"""The comments of a ticket at Ts-Immo become messages: known ones, our own that were sent, and new ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import F
from django.utils import timezone

from estates.remotes.ts_immo_comments import Comment
from support.delivery.matching import is_comment, is_foreign, keys_of
from support.erasure.places import kept
from support.models import Delivery, Message, Ticket
from support.telling import tell_of_comments


def take_in_comments(ticket: Ticket, comments: Sequence[Comment]) -> tuple[list[Message], bool]:
    """The messages that came from outside and were not here yet, and whether one was edited there.

    A comment that Ts-Immo no longer names stays. The caller holds the ticket's row.
    """
    if not comments:
        return [], False
    held, edited = _Held(ticket), False
    new: dict[str, Message] = {}
    for comment, key in zip(comments, keys_of(comments), strict=True):
        if message := held.by_key.get(key):
            edited |= _edit(message, comment)
        elif key not in new and not held.bind(comment, key):
            new[key] = _message(ticket, comment, key)
    made = Message.objects.across_agencies().bulk_create(new.values())
    tell_of_comments(ticket, made)
    return made, edited


@dataclass
class _Held:
    """The comments of a ticket that are here."""

    ticket: Ticket
    messages: list[Message] = field(init=False)
    by_key: dict[str, Message] = field(init=False)

    def __post_init__(self) -> None:
        rows = Message.objects.for_agency(self.ticket.agency).filter(ticket=self.ticket, opens=False)
        self.messages = list(rows.select_related("ticket", "agency").order_by("pk"))
        keyed = [(key, each) for each in self.messages for key in (each.remote_id, each.trace) if key]
        self.by_key = dict(keyed)

    def bind(self, comment: Comment, key: str) -> bool:
        """Gives the comment's key to the message of ours that it is. False where it is none of them."""
        for message in self.messages:
            is_it = _may_be(message, comment) and is_comment(message, comment, key)
            if is_it and _arrived(message, comment, key):
                self.by_key[key] = message
                return True
        return False


def _may_be(message: Message, comment: Comment) -> bool:
    """Whether the message is ours, may have arrived, and has no key of the comment's kind yet."""
    if message.delivery == Delivery.REFUSED:
        return False
    if comment.remote_id:
        return message.asked_at is not None and not message.remote_id
    return not message.trace and bool(message.asked_at or message.answered_at)


def _arrived(message: Message, comment: Comment, key: str) -> bool:
    """False where a person has decided about the message meanwhile."""
    mine = Message.objects.for_agency(message.agency).filter(
        pk=message.pk, version=message.version, delivery=message.delivery
    )
    named = {"remote_id": key} if comment.remote_id else {"trace": key}
    message.asked_at, message.answered_at = None, message.answered_at or timezone.now()
    for name, value in named.items():
        setattr(message, name, value)
    return bool(
        mine.update(
            delivery=Delivery.SENT,
            answered_at=message.answered_at,
            asked_at=None,
            known=[],
            words="",
            version=F("version") + 1,
            **named,
        )
    )


def _edit(message: Message, comment: Comment) -> bool:
    """Takes over what was changed there; what was written here stays as it was written."""
    if not is_foreign(message) or message.text == comment.text:
        return False
    text = kept(message.agency, message.text, comment.text)
    rows = Message.objects.for_agency(message.agency).filter(pk=message.pk)
    return text != message.text and bool(rows.update(text=text, version=F("version") + 1))


def _message(ticket: Ticket, comment: Comment, key: str) -> Message:
    now = timezone.now()
    return Message(
        agency=ticket.agency,
        ticket=ticket,
        author_name=comment.author or comment.mail,
        author_mail=comment.mail,
        from_support=comment.from_support,
        text=kept(ticket.agency, "", comment.text),
        written_at=min(comment.created_at or now, now),
        delivery=Delivery.SENT,
        remote_id=comment.remote_id,
        trace="" if comment.remote_id else key,
    )
