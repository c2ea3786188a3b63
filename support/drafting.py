"""What people are still writing. It is kept while they type, and is there again after the browser was closed."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import Membership, User
from support.models import Delivery, Draft, Message, Ticket


def draft_of(membership: Membership) -> Draft:
    """The person's draft of a new ticket in this agency, the only one; begun where there is none."""
    agency, user = membership.agency, membership.user
    drafts = Draft.objects.for_agency(agency).select_related("agency", "user", "site", "follows")
    draft, _made = drafts.get_or_create(user=user, ticket=None, defaults={"agency": agency})
    return draft


def keep(membership: Membership, token: uuid.UUID | None, typed: dict[str, Any]) -> bool:
    """Stores what was typed in the draft of that token; False where it was sent or thrown away meanwhile."""
    drafts = Draft.objects.for_agency(membership.agency).filter(user=membership.user, ticket=None)
    return bool(token and drafts.filter(token=token).update(**typed, changed_at=timezone.now()))


def drop(draft: Draft) -> None:
    """Throws away a draft, and its files with it."""
    rows = Draft.objects.for_agency(draft.agency).filter(pk=draft.pk, token=draft.token)
    with transaction.atomic():
        # A file that arrives at this moment holds the row: it is waited for, and goes too.
        if rows.update(changed_at=timezone.now()):
            rows.delete()


def is_begun(draft: Draft) -> bool:
    """Whether there is anything in it that could be thrown away."""
    return bool(draft.subject.strip() or draft.text.strip() or draft.attachments.exists())


def comment_of(ticket: Ticket, user: User) -> Draft:
    """What the person has begun to write to the ticket; one that is empty, and not stored, where that is nothing."""
    sent = Message.objects.for_agency(ticket.agency).filter(token=OuterRef("token"))
    found = _comments(ticket, user).filter(~Exists(sent)).first()
    return found or Draft(agency=ticket.agency, user=user, ticket=ticket)


def unsent_of(ticket: Ticket, user: User, begun: str) -> str:
    """What the person wrote to a ticket and could not send: the comments that were refused, and what is begun."""
    comments = Message.objects.for_agency(ticket.agency).filter(ticket=ticket, author=user, opens=False)
    refused = comments.filter(delivery=Delivery.REFUSED).order_by("pk").values_list("text", flat=True)
    return "\n\n".join(filter(str.strip, (*refused, begun)))


def keep_comment(ticket: Ticket, user: User, token: uuid.UUID, text: str) -> Draft | None:
    """Stores what was typed. The window typed in last has it; None where its token is used up or another's."""
    if Message.objects.across_agencies().filter(token=token).exists():
        return None
    given = {"token": token, "text": text}
    try:
        with transaction.atomic():
            draft, _made = _comments(ticket, user).update_or_create(
                ticket=ticket, user=user, defaults=given, create_defaults={"agency": ticket.agency, **given}
            )
    except IntegrityError:
        return None
    draft.agency, draft.user = ticket.agency, user
    return draft


def drop_comment(ticket: Ticket, user: User, token: uuid.UUID) -> None:
    _comments(ticket, user).filter(token=token).delete()


def sent_as(at: Membership | Ticket, user: User, token: uuid.UUID | None) -> Message | None:
    """The message that a form of this token has already become."""
    if token is None:
        return None
    messages = Message.objects.for_agency(at.agency).filter(token=token, author=user)
    return messages.select_related("ticket").first()


def _comments(ticket: Ticket, user: User) -> QuerySet[Draft]:
    return Draft.objects.for_agency(ticket.agency).filter(ticket=ticket, user=user)
