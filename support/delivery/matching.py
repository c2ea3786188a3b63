"""Whether what stands at Ts-Immo is what was written here: how a message is found again whose answer was lost."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from estates.remotes.plain import normalised
from estates.remotes.ts_immo_answers import Ticket as RemoteTicket
from estates.remotes.ts_immo_comments import Comment
from support.erasure.blacking import is_same
from support.models import Delivery, Message


def text_to_send(message: Message) -> str:
    """The message as Ts-Immo gets it, in the agency's language: an opening says which ticket it follows."""
    return _with_reference(message, message.agency.language)


def is_opening(message: Message, remote: RemoteTicket) -> bool:
    """Whether the ticket at Ts-Immo is the one that this message opens, and was not there before the call."""
    return (
        remote.remote_id not in message.known
        and is_same(normalised(message.ticket.subject), normalised(remote.subject))
        and says(message, remote.message)
        and is_mail_of(message, remote.reporter_mail)
    )


def is_comment(message: Message, comment: Comment, key: str) -> bool:
    """Whether the comment at Ts-Immo is this message, and was not there before the call."""
    return key not in message.known and says(message, comment.text) and is_mail_of(message, comment.mail)


def is_mail_of(message: Message, mail: str) -> bool:
    """Ts-Immo need not name any; one that it names must be the author's."""
    return not mail or mail.strip().casefold() == message.author_mail.strip().casefold()


def keys_of(comments: Sequence[Comment]) -> list[str]:
    """What tells the comments of one thread apart: Ts-Immo's id, else a trace, 64 hexadecimal digits."""
    seen: Counter[str] = Counter()
    keys = []
    for comment in comments:
        alike = _trace(comment, 0)
        keys.append(comment.remote_id or _trace(comment, seen[alike]))
        seen[alike] += not comment.remote_id
    return keys


def is_foreign(message: Message) -> bool:
    """Whether nobody wrote the message here: it was read at Ts-Immo."""
    never_sent = message.asked_at is None and message.answered_at is None
    return message.delivery == Delivery.SENT and never_sent


def says(message: Message, text: str) -> bool:
    """A text in which nothing is left to compare is that of no message."""
    said = normalised(text)
    return bool(said) and any(is_same(normalised(each), said) for each in _forms(message))


def _forms(message: Message) -> Iterable[str]:
    """All forms in which the message may have gone out: what it refers to may have changed since."""
    yield message.text
    for language, _name in settings.LANGUAGES:
        yield _with_reference(message, language)


def _with_reference(message: Message, language: str) -> str:
    follows = message.ticket.follows if message.opens else None
    if follows is None or not follows.remote_id:
        return message.text
    with translation.override(language):
        line = gettext("This ticket follows ticket %(number)s.") % {"number": follows.remote_id}
    return f"{message.text}\n\n{line}"


def _trace(comment: Comment, occurrence: int) -> str:
    at = comment.created_at.isoformat() if comment.created_at else ""
    said = "\0".join((comment.author or comment.mail, comment.text, at, str(occurrence)))
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()
