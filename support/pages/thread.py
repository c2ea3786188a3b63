"""A ticket as a conversation: its messages in their order, what is on its way, and whether anything has changed."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from accounts.models import User
from estates.jobs.models import Job
from support.delivery.matching import is_foreign
from support.models import Attachment, Delivery, Message, Ticket
from support.pages.standing import FAILED, Standing, standing_of
from support.writing import SEND, subject_of

FACTS = ("pk", "version", "delivery", "words", "remote_id")
AT_ONCE = 100
"""Messages shown at first; the earlier ones are asked for."""
_LINK = re.compile(r"https?://[^\s<>\"'`\u0000-\u0020\u202a-\u202e\u2066-\u2069]{1,2000}", re.IGNORECASE)
_BEHIND = ".,;:!?)]}»”’"


@dataclass(frozen=True)
class Line:
    """A message and what a page shows of it. `mine` is the reader's own, `ours` from this side, `sent_here` ours
    and not read at Ts-Immo.
    """

    message: Message
    text: SafeString
    ours: bool
    mine: bool
    sent_here: bool
    files: list[Attachment]


@dataclass(frozen=True)
class Thread:
    """What a page shows of a ticket. `earlier` is how many messages stand before `lines`. `digest` changes with all
    of it but the moment of reading. `job` is what brings messages to Ts-Immo, the newest such.
    """

    lines: list[Line]
    earlier: int
    standing: Standing
    job: Job | None
    is_pending: bool
    digest: str

    @property
    def is_stuck(self) -> bool:
        """Something is to be sent, and nothing sends it any more: a person has to decide."""
        return self.is_pending and not (self.job and self.job.is_open)

    @property
    def look_every(self) -> int:
        """Milliseconds until the page looks for news."""
        if not self.is_pending or self.is_stuck:
            return 20_000
        return 10_000 if self.job and self.job.status == "waiting" else 2_000


def thread_of(ticket: Ticket, reader: User, *, whole: bool = False) -> Thread:
    """In two queries, a third where something is on its way, two more where there are more than a hundred."""
    files = Attachment.objects.for_agency(ticket.agency)
    messages = _messages(ticket).prefetch_related(Prefetch("attachments", files))
    newest = list(messages.order_by("-written_at", "-pk")[: None if whole else AT_ONCE + 1])
    cut = not whole and len(newest) > AT_ONCE
    earlier = _messages(ticket).count() - AT_ONCE if cut else 0
    rows = _facts(ticket) if cut else sorted(_facts_of(message) for message in newest)
    pending = is_pending(ticket, rows)
    job = job_of(ticket) if pending else None
    return Thread(
        lines=[_line(message, reader) for message in reversed(newest[:AT_ONCE] if cut else newest)],
        earlier=earlier,
        standing=standing_of(ticket, failed=_any(rows, *FAILED), sending=_any(rows, Delivery.PENDING)),
        job=job,
        is_pending=pending,
        digest=_digest(ticket, rows, job),
    )


def digest_of(ticket: Ticket) -> str:
    """What `thread_of` would have for a digest, without the texts."""
    rows = _facts(ticket)
    return _digest(ticket, rows, job_of(ticket) if is_pending(ticket, rows) else None)


def job_of(ticket: Ticket) -> Job | None:
    jobs = Job.objects.for_agency(ticket.agency).filter(kind=SEND, subject=subject_of(ticket))
    return jobs.defer("evidence", "checkpoint", "params").order_by("-pk").first()


def is_pending(ticket: Ticket, rows: list[tuple[Any, ...]]) -> bool:
    return _any(rows, Delivery.PENDING) or bool(ticket.close_asked_at and not ticket.is_final)


def linked(text: str) -> SafeString:
    """The text, escaped, its http(s) addresses as links that tell nobody where they were found."""
    parts, end = [], 0
    for found in _LINK.finditer(text):
        address = found[0].rstrip(_BEHIND)
        link = format_html(
            '<a href="{}" target="_blank" rel="noopener noreferrer nofollow">{}</a>', address, address
        )
        parts += [conditional_escape(text[end : found.start()]), link]
        end = found.start() + len(address)
    return mark_safe("".join([*parts, conditional_escape(text[end:])]))


def _messages(ticket: Ticket) -> QuerySet[Message]:
    return Message.objects.for_agency(ticket.agency).filter(ticket=ticket)


def _facts(ticket: Ticket) -> list[tuple[Any, ...]]:
    """What can change about each message; the delivery is the third."""
    return list(_messages(ticket).order_by("pk").values_list(*FACTS))


def _facts_of(message: Message) -> tuple[Any, ...]:
    return tuple(getattr(message, name) for name in FACTS)


def _any(rows: list[tuple[Any, ...]], *deliveries: Delivery) -> bool:
    return any(row[2] in deliveries for row in rows)


def _digest(ticket: Ticket, rows: list[tuple[Any, ...]], job: Job | None) -> str:
    of_ticket = (
        ticket.state,
        ticket.remote_id,
        ticket.close_asked_at,
        ticket.close_words,
        ticket.missing_since,
    )
    of_job = (job.pk, job.status, job.phase, job.error, job.not_before) if job else ()
    return hashlib.sha256(repr((of_ticket, rows, of_job)).encode()).hexdigest()[:16]


def _line(message: Message, reader: User) -> Line:
    return Line(
        message,
        linked(message.text),
        ours=not message.from_support,
        mine=message.author_id == reader.pk,
        sent_here=not is_foreign(message),
        files=list(message.attachments.all()),
    )
