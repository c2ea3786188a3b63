"""What people write to support: committed first, with a job that sends it."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.audit import record
from accounts.models import User
from estates.jobs.models import Job
from estates.jobs.start import start
from estates.wordpress.models import Site
from support.authors import author_of
from support.models import Attachment, Delivery, Draft, Following, Message, Ticket
from support.telling import tell_of_comments

SEND = "support.send"

CLOSED = _("This ticket is closed. To go on, open a new ticket that refers to it.")
GONE = _("Ts-Immo no longer knows this ticket. To go on, open a new ticket that refers to it.")
KEY_DELETED = _("The key of this site's Ts-Immo account was deleted. Store a key first; your text is kept.")
CHANGED = _("The message was changed meanwhile. Look at it as it is now, then decide again.")
NOTHING = _("Write something first.")


class NotNow(Exception):
    """What was asked does not fit what the ticket is by now; `words` say why."""

    def __init__(self, words: str | Promise) -> None:
        super().__init__(str(words))
        self.words = words


def open_ticket(draft: Draft, site: Site) -> Ticket:
    """The draft becomes a ticket about the site, its files those of its first message, and a job sends it.

    The same draft opens one ticket, however often it is sent: the second time that ticket comes back. Raises
    `NotNow`, the draft as it was.
    """
    if sent := _sent_before(draft):
        return sent.ticket
    if site.connection.removed_at:
        raise NotNow(KEY_DELETED)
    if not draft.subject.strip() or not draft.text.strip():
        raise NotNow(NOTHING)
    with transaction.atomic():
        if not _take(draft):
            return _already(draft).ticket
        now = timezone.now()
        ticket = Ticket.objects.create(
            agency=draft.agency,
            connection=site.connection,
            site=site,
            domain=site.domain,
            subject=draft.subject.strip(),
            follows=draft.follows,
            opened_by=draft.user,
            reporter=author_of(draft).name,
            opened_at=now,
            changed_at=now,
        )
        _message(ticket, draft, opens=True)
        start_sending(ticket, draft.user)
        record(draft.agency, draft.user, "ticket.opened", f"#{ticket.pk}", site=str(site))
    return ticket


def comment(draft: Draft, ticket: Ticket) -> Message:
    """The draft becomes a comment on the ticket. The same draft makes one. Raises `NotNow`, the draft as it was."""
    if sent := _sent_before(draft):
        return sent
    require_open(ticket)
    if not draft.text.strip():
        raise NotNow(NOTHING)
    with transaction.atomic():
        if not _take(draft):
            return _already(draft)
        message = _message(ticket, draft, opens=False)
        Ticket.objects.for_agency(ticket.agency).filter(pk=ticket.pk).update(changed_at=timezone.now())
        start_sending(ticket, draft.user)
        record(ticket.agency, draft.user, "ticket.commented", f"#{ticket.pk}")
    return message


def close(ticket: Ticket, actor: User | None) -> None:
    """Asks Ts-Immo to close the ticket, behind all that is still to be sent; once, however often. Raises `NotNow`."""
    require_open(ticket)
    with transaction.atomic():
        rows = Ticket.objects.for_agency(ticket.agency).filter(pk=ticket.pk, close_asked_at=None)
        is_new = rows.update(close_asked_at=timezone.now(), close_asked_by=actor, close_words="")
        start_sending(ticket, actor)
        if is_new:
            record(ticket.agency, actor, "ticket.close_asked", f"#{ticket.pk}")


def send_again(message: Message, actor: User) -> None:
    """A person wants a message sent that was refused, or of which nobody knows whether it arrived.

    Raises `NotNow` when it is no longer as it was seen.
    """
    with transaction.atomic():
        _decided(message, delivery=Delivery.PENDING, asked_at=None, words="", answered_at=None)
        start_sending(message.ticket, actor)
        record(message.agency, actor, "ticket.sent_again", f"#{message.ticket_id}")


def has_arrived(message: Message, actor: User) -> None:
    """A person has seen that a message of which that was unknown did arrive. Raises `NotNow`."""
    if message.delivery != Delivery.UNKNOWN:
        raise NotNow(CHANGED)
    with transaction.atomic():
        _decided(message, delivery=Delivery.SENT, answered_at=timezone.now())
        record(message.agency, actor, "ticket.arrived", f"#{message.ticket_id}")


def require_open(ticket: Ticket) -> None:
    """Raises `NotNow` where nothing more can be written to the ticket."""
    if ticket.is_final:
        raise NotNow(CLOSED)
    if ticket.missing_since:
        raise NotNow(GONE)
    if ticket.connection.removed_at:
        raise NotNow(KEY_DELETED)


def start_sending(ticket: Ticket, asked_by: User | None = None) -> Job:
    """The job that sends what waits in the ticket; one that is open already sends this too.

    Before anything is recorded: whoever stops such a job holds its row first, and the trail's end then.
    """
    return start(
        ticket.agency,
        SEND,
        subject=subject_of(ticket),
        title=ticket.subject,
        params={"ticket": ticket.pk},
        asked_by=asked_by,
    )


def subject_of(ticket: Ticket) -> str:
    return f"ticket:{ticket.pk}"


def follow(ticket: Ticket, user: User, *, watches: bool) -> None:
    """Whether news of the ticket reach the person by mail."""
    Following.objects.across_agencies().update_or_create(
        ticket=ticket,
        user=user,
        defaults={"watches": watches},
        create_defaults={"agency": ticket.agency, "watches": watches},
    )


def _message(ticket: Ticket, draft: Draft, *, opens: bool) -> Message:
    author = author_of(draft)
    message = Message.objects.create(
        agency=ticket.agency,
        ticket=ticket,
        opens=opens,
        author=draft.user,
        author_name=author.name,
        author_mail=author.mail,
        text=draft.text.strip(),
        written_at=timezone.now(),
        token=draft.token,
    )
    Attachment.objects.for_agency(ticket.agency).filter(draft_id=draft.pk).update(draft=None, message=message)
    Draft.objects.for_agency(ticket.agency).filter(pk=draft.pk).delete()
    if draft.user:
        follow(ticket, draft.user, watches=True)
    tell_of_comments(ticket, [message])
    return message


def _take(draft: Draft) -> bool:
    """Holds the draft's row until the transaction ends; False when it has become a message meanwhile."""
    rows = Draft.objects.for_agency(draft.agency).filter(pk=draft.pk, token=draft.token)
    return bool(rows.update(changed_at=F("changed_at")))


def _sent_before(draft: Draft) -> Message | None:
    rows = Message.objects.for_agency(draft.agency).filter(token=draft.token, author=draft.user)
    return rows.select_related("ticket").first()


def _already(draft: Draft) -> Message:
    """What the draft has become. Raises `NotNow` where it was thrown away instead."""
    sent = _sent_before(draft)
    if sent is None:
        raise NotNow(CHANGED)
    return sent


def _decided(message: Message, **fields: object) -> None:
    undecided = (Delivery.REFUSED, Delivery.UNKNOWN)
    rows = Message.objects.for_agency(message.agency).filter(
        pk=message.pk, version=message.version, delivery__in=undecided
    )
    if not rows.update(version=F("version") + 1, **fields):
        raise NotNow(CHANGED)
