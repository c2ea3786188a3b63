"""People who were erased, in tickets: what was written stays, but for what tells the person."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from estates.connections.models import WORDS_LIMIT
from estates.leads.erasure.hashes import Hasher, erased_among
from estates.leads.erasure.places import Place
from estates.leads.erasure.traces import Traces, named_ids
from estates.leads.models import Tombstone
from support.erasure.blacking import BLACKED, LONG_ID, in_json, texts_in, without, without_names
from support.models import Attachment, Draft, Message, Mirrored, Ticket
from support.models.tickets import SUBJECT_LIMIT


def blacked_out(text: str, traces: Traces) -> str:
    """The text without the addresses, numbers, ids and full names of the erased."""
    ids = traces.of(None)

    def is_theirs(found: str) -> bool:
        return traces.in_address(found) or found in ids or not ids.isdisjoint(named_ids(found))

    return without_names(without(text, is_theirs), traces.names)


def kept(agency: Agency, held: str, told: str) -> str:
    """What a reading makes of a text: what Ts-Immo tells, but for whom an erasure took out.

    A text that was blacked out stays as it is held. To be called for every subject and text that is read.
    """
    return held if BLACKED in held else _clearing(agency, told)(told)


def kept_raw(agency: Agency, held: str, told: str) -> str:
    """The same for a ticket's JSON."""
    return held if BLACKED in held else in_json(told, _clearing(agency, texts_in(told)))


def _clearing(agency: Agency, told: str) -> Callable[[str], str]:
    """What takes out of parts of a text the addresses, numbers and ids of those who were erased before.

    Of names nothing is known any more.
    """
    graves = Tombstone.objects.for_agency(agency)
    if not told or not graves.exists():
        return str
    hasher = Hasher(agency)
    erased = erased_among(agency, hasher.in_text(told))
    named = {*named_ids(told), *LONG_ID.findall(told)}
    ids = set(graves.filter(remote_id__in=named).values_list("remote_id", flat=True))

    def is_theirs(found: str) -> bool:
        is_known = found in ids or not ids.isdisjoint(named_ids(found))
        return is_known or not erased.isdisjoint(hasher.in_text(found))

    return (lambda text: without(text, is_theirs)) if erased or ids else str


def blank_ticket(ticket: Ticket, traces: Traces) -> int:
    return _blank(
        ticket,
        subject=blacked_out(ticket.subject, traces)[:255],
        close_words=blacked_out(ticket.close_words, traces)[:WORDS_LIMIT],
        raw=in_json(ticket.raw, lambda text: blacked_out(text, traces)),
    )


def blank_message(message: Message, traces: Traces) -> int:
    words = blacked_out(message.words, traces)[:WORDS_LIMIT]
    blanked = _blank(message, text=blacked_out(message.text, traces), words=words)
    return blanked + _blank_names(message.attachments.all(), traces)


def blank_draft(draft: Draft, traces: Traces) -> int:
    """What is still being written."""
    subject = blacked_out(draft.subject, traces)[:SUBJECT_LIMIT]
    blanked = _blank(draft, text=blacked_out(draft.text, traces), subject=subject)
    return blanked + _blank_names(draft.attachments.all(), traces)


def blank_mirrored(mirrored: Mirrored, traces: Traces) -> int:
    """What Ts-Immo answered last when a domain's tickets were read."""
    return _blank(mirrored, words=blacked_out(mirrored.words, traces)[:WORDS_LIMIT])


def _blank_names(files: Iterable[Attachment], traces: Traces) -> int:
    """The names of files; what is in them cannot be searched."""
    return sum(_blank(file, name=blacked_out(file.name, traces)[:150]) for file in files)


def _blank(row: Model, **told: str) -> int:
    changed = {name: text for name, text in told.items() if text != getattr(row, name)}
    rows: Any = type(row)._default_manager
    return int(bool(changed and rows.across_agencies().filter(pk=row.pk).update(**changed)))


PLACES = (
    Place("tickets", _("tickets"), Ticket.objects.for_agency, blank_ticket),
    Place("messages", _("messages to support"), Message.objects.for_agency, blank_message),
    Place("drafts", _("drafts of messages to support"), Draft.objects.for_agency, blank_draft),
    Place("mirrors", _("answers about tickets"), Mirrored.objects.for_agency, blank_mirrored),
)
