"""What Ts-Immo says of a ticket becomes our rows: the mirror and the sending share this."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import Agency
from estates.connections.models import Connection
from estates.remotes.ts_immo_answers import Ticket as RemoteTicket
from estates.wordpress.models import Site
from support.delivery.matching import is_foreign, is_opening
from support.erasure.places import kept, kept_raw
from support.mails.notices import tell
from support.mirror.comments import take_in_comments
from support.models import Delivery, Message, Ticket
from support.states import Turn

IN_FLIGHT = (Delivery.PENDING, Delivery.UNKNOWN, Delivery.SENT)
"""What may have arrived, under a number that is not known here, while `asked_at` is there."""
READ = ("state", "missing_since", "subject", "news", "changed_at", "raw", "digest", "read_at")


def take_in(
    agency: Agency, connection: Connection, domain: str, remote: RemoteTicket, digest: bytes = b""
) -> Ticket:
    """Our row of the ticket, which is now as Ts-Immo says, with all comments that it names.

    It is the one with this number, else one of ours that was sent and whose answer was lost, else a new one that
    was opened elsewhere. `digest` is that of the list's item, where `remote` was read by itself.
    """
    with transaction.atomic():
        ticket = _held(agency, connection, remote) or _sent(agency, connection, domain, remote)
        is_new = ticket is None
        ticket = ticket or _opened_elsewhere(agency, connection, domain, remote)
        before = _told(ticket)
        _say(ticket, remote)
        came, edited = take_in_comments(ticket, remote.comments or ())
        if is_new:
            _first_news(ticket)
        else:
            tell(ticket, came)
            if came or edited or before != _told(ticket):
                at = _past(remote.updated_at)
                ticket.changed_at = at if at > ticket.changed_at else timezone.now()
        ticket.raw = kept_raw(agency, ticket.raw, remote.raw.decode())
        ticket.digest, ticket.read_at = digest or digest_of(remote), timezone.now()
        ticket.save(update_fields=READ)
    return ticket


def digest_of(remote: RemoteTicket) -> bytes:
    return hashlib.sha256(remote.raw).digest()


def _held(agency: Agency, connection: Connection, remote: RemoteTicket) -> Ticket | None:
    """The ticket with this number, its row held until the transaction ends."""
    rows = Ticket.objects.for_agency(agency).filter(connection=connection, remote_id=remote.remote_id)
    return rows.select_for_update().first()


def _sent(agency: Agency, connection: Connection, domain: str, remote: RemoteTicket) -> Ticket | None:
    """The ticket of ours that this is, whose call has arrived whatever came of the answer."""
    flying = Message.objects.for_agency(agency).filter(
        opens=True,
        delivery__in=IN_FLIGHT,
        asked_at__isnull=False,
        ticket__connection=connection,
        ticket__domain=domain,
        ticket__remote_id="",
    )
    rows = flying.select_related("ticket__follows", "agency").order_by("asked_at", "pk")
    same = [message for message in rows if is_opening(message, remote)]
    if not same or len({_files(message) for message in same}) > 1:
        return None  # of two that differ only in their files, nobody can tell which one this is
    return _numbered(same[0], remote)


def _numbered(message: Message, remote: RemoteTicket) -> Ticket | None:
    """The message's ticket, now with its number. None where a person has decided about the message just now."""
    tickets = Ticket.objects.for_agency(message.agency).filter(pk=message.ticket_id)
    ticket = tickets.select_for_update().get()
    mine = Message.objects.for_agency(message.agency).filter(
        pk=message.pk, version=message.version, delivery=message.delivery, asked_at__isnull=False
    )
    if ticket.remote_id or not mine.update(
        delivery=Delivery.SENT,
        answered_at=timezone.now(),
        asked_at=None,
        known=[],
        words="",
        version=F("version") + 1,
    ):
        return None
    tickets.update(remote_id=remote.remote_id)
    ticket.remote_id = remote.remote_id
    return ticket


def _files(message: Message) -> tuple[str, ...]:
    return tuple(sorted(message.attachments.values_list("sha256", flat=True)))


def _opened_elsewhere(agency: Agency, connection: Connection, domain: str, remote: RemoteTicket) -> Ticket:
    opened_at = _past(remote.created_at)
    ticket = Ticket(
        agency=agency,
        connection=connection,
        site=Site.objects.for_agency(agency).filter(connection=connection, domain=domain).first(),
        domain=domain,
        remote_id=remote.remote_id,
        subject=kept(agency, "", remote.subject)[:255],
        reporter=remote.reporter or remote.reporter_mail,
        opened_at=opened_at,
        changed_at=max(opened_at, _past(remote.updated_at or opened_at)),
    )
    try:
        with transaction.atomic():
            ticket.save()
    except IntegrityError:
        held = _held(agency, connection, remote)
        if held is None:
            raise
        return held  # somebody else has read it at the same moment
    Message.objects.create(
        agency=agency,
        ticket=ticket,
        opens=True,
        author_name=ticket.reporter,
        author_mail=remote.reporter_mail,
        text=kept(agency, "", remote.message),
        written_at=opened_at,
        delivery=Delivery.SENT,
    )
    return ticket


def _say(ticket: Ticket, remote: RemoteTicket) -> None:
    """The state, and what somebody wrote elsewhere. What was written here stays as it was written."""
    ticket.state = remote.status or ticket.state
    ticket.missing_since = None
    opening = Message.objects.for_agency(ticket.agency).filter(ticket=ticket, opens=True).first()
    if opening is None or not is_foreign(opening):
        return
    ticket.subject = kept(ticket.agency, ticket.subject, remote.subject)[:255]
    if remote.message != opening.text:
        text = kept(ticket.agency, opening.text, remote.message)
        rows = Message.objects.for_agency(ticket.agency).filter(pk=opening.pk)
        rows.update(text=text, version=F("version") + 1)


def _told(ticket: Ticket) -> tuple[object, ...]:
    return ticket.state, ticket.missing_since, ticket.subject


def _first_news(ticket: Ticket) -> None:
    """A ticket that is seen for the first time is no news, unless it is up to the agency."""
    if ticket.turn == Turn.US:
        last = Message.objects.for_agency(ticket.agency).filter(ticket=ticket).order_by("-pk").first()
        ticket.news = last.pk if last else 0


def _past(at: datetime | None) -> datetime:
    """Remote clocks may be wrong; what they date in the future would stay on top of every list."""
    now = timezone.now()
    return min(at or now, now)
