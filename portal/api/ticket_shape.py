"""Tickets as partners read them: with Ts-Immo's names (ts-immo.txt, Support), without people's mail addresses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from django.db.models import BooleanField, ExpressionWrapper, OuterRef, Prefetch, QuerySet, Subquery
from ninja import Field, Schema

from accounts.models import Agency
from support.models import Attachment, Message, Ticket
from support.states import OVER

COLUMNS = {
    "id": "pk",
    "number": "remote_id",
    "domain": "domain",
    "subject": "subject",
    "status": "state",
    "open": "open",
    "reporter": "reporter",
    "follows": "follows",
    "created_at": "opened_at",
    "updated_at": "changed_at",
    "last_comment_at": "last_comment_at",
    "close_asked_at": "close_asked_at",
    "close_answer": "close_words",
}
"""What is told of a ticket, and the columns that hold it."""
Delivery = Literal["pending", "sent", "refused", "unknown"]


class AttachmentOut(Schema):
    id: int = Field(examples=[31])
    filename: str = Field(examples=["screenshot.png"])
    mime_type: str = Field(examples=["image/png"])
    size: int = Field(description="In bytes, as it is kept: pictures are painted anew", examples=[48213])


class TicketOut(Schema):
    """A ticket as it was last read at Ts-Immo. `id` is the portal's, `number` Ts-Immo's."""

    id: int = Field(examples=[64])
    number: str | None = Field(
        description="null until Ts-Immo has taken it in", examples=["550e8400-e29b-41d4-a716-446655440000"]
    )
    domain: str = Field(description="The site's that it is about", examples=["www.your-agency.com"])
    subject: str = Field(examples=["Sync issue on property REF-001"])
    status: str = Field(
        description="Ts-Immo's own word, such as IN_PROGRESS, WAITING_FOR_SUPPORT, PENDING, DONE or CLOSED; "
        "empty until it has said one",
        examples=["WAITING_FOR_SUPPORT"],
    )
    open: bool = Field(description="Whether anything more can be written to it", examples=[True])
    reporter: str = Field(description="Who opened it", examples=["Call centre Nord (via API)"])
    follows: int | None = Field(description="The earlier ticket that it refers to", examples=[None])
    created_at: datetime
    updated_at: datetime = Field(description="When it last changed: a status, a comment")
    last_comment_at: datetime | None
    close_asked_at: datetime | None = Field(
        description="There while Ts-Immo is being asked to close it", examples=[None]
    )
    close_answer: str = Field(
        description="Why it was not closed when that was last asked; mostly empty", examples=[""]
    )


class Written(Schema):
    """A text, and how it went on its way to Ts-Immo. `unknown` is what has perhaps arrived: a person decides."""

    delivery: Delivery = Field(examples=["sent"])
    answer: str = Field(description="Ts-Immo's words where it refused the text; mostly empty", examples=[""])


class CommentOut(Written):
    id: int = Field(examples=[129])
    author: str = Field(examples=["Claire Martin"])
    from_support: bool = Field(description="Whether Ts-Immo's support wrote it")
    comment: str = Field(examples=["It happens on another property, too."])
    created_at: datetime


class TicketWhole(TicketOut, Written):
    """A ticket with its texts. `delivery` and `answer` are about its first message."""

    message: str = Field(examples=["The property is not appearing on the website after sync."])
    attachments: list[AttachmentOut]
    comments: list[CommentOut] = Field(description="Oldest first")


def told(agency: Agency) -> QuerySet[Ticket, dict[str, Any]]:
    """The agency's tickets as their `COLUMNS`."""
    comments = Message.objects.across_agencies().filter(ticket=OuterRef("pk"), opens=False)
    rows = Ticket.objects.for_agency(agency).annotate(
        open=ExpressionWrapper(~OVER, output_field=BooleanField()),
        last_comment_at=Subquery(comments.order_by("-written_at").values("written_at")[:1]),
    )
    return rows.values(*COLUMNS.values())


def shown(ticket: Mapping[str, Any]) -> dict[str, Any]:
    """From a ticket's `COLUMNS`."""
    row = {name: ticket[column] for name, column in COLUMNS.items()}
    return row | {"number": row["number"] or None, "reporter": _name(row["reporter"])}


def whole(agency: Agency, ticket: Mapping[str, Any]) -> dict[str, Any]:
    """With all its messages, in two more queries."""
    rows = Message.objects.for_agency(agency).filter(ticket=ticket["pk"])
    files = Prefetch("attachments", Attachment.objects.for_agency(agency))
    messages = list(rows.prefetch_related(files))
    opening = next((message for message in messages if message.opens), None)
    first = _written(opening) if opening else {"delivery": "sent", "answer": ""}
    return (
        shown(ticket)
        | first
        | {
            "message": opening.text if opening else "",
            "attachments": [shown_file(file) for message in messages for file in message.attachments.all()],
            "comments": [_comment(message) for message in messages if not message.opens],
        }
    )


def shown_file(file: Attachment) -> dict[str, Any]:
    return {"id": file.pk, "filename": file.name, "mime_type": file.mime_type, "size": file.size}


def _comment(message: Message) -> dict[str, Any]:
    return _written(message) | {
        "id": message.pk,
        "author": _name(message.author_name),
        "from_support": message.from_support,
        "comment": message.text,
        "created_at": message.written_at,
    }


def _name(author: str) -> str:
    """Of people who gave no name only a mail address is known."""
    return author.partition("@")[0]


def _written(message: Message) -> dict[str, Any]:
    return {"delivery": message.delivery, "answer": message.words}
