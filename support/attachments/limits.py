"""How much may be attached: for each file, each ticket and each agency; said before, and decided here."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, QuerySet, Sum
from django.template.defaultfilters import filesizeformat
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Agency
from support.attachments.kinds import KINDS, TAKEN
from support.attachments.refusals import Refused, TooLarge
from support.models import Attachment, Draft

MEGABYTE = 1024 * 1024
ROOM_FOR_THE_FORM = 256 * 1024
"""Bytes of a request besides its file: the form's own fields, and what keeps them apart."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a draft may still take. All in bytes, but for numbers of files."""

    file_bytes: int
    ticket_bytes: int
    ticket_files: int
    agency_bytes: int
    agency_used: int

    @property
    def agency_left(self) -> int:
        return max(0, self.agency_bytes - self.agency_used)

    @property
    def accept(self) -> str:
        """For a file input: `.png,.jpg,…`."""
        return ",".join(f".{ending}" for ending in KINDS)

    @property
    def taken(self) -> str | Promise:
        return TAKEN

    @property
    def sentence(self) -> str:
        """What is allowed, before anything is chosen."""
        words = ngettext(
            "Up to %(files)s file of at most %(file)s.",
            "Up to %(files)s files of at most %(file)s each, together at most %(ticket)s.",
            self.ticket_files,
        )
        return words % {
            "files": self.ticket_files,
            "file": size_words(self.file_bytes),
            "ticket": size_words(self.ticket_bytes),
        }

    @property
    def file_words(self) -> str:
        return size_words(self.file_bytes)

    @property
    def ticket_words(self) -> str:
        return size_words(self.ticket_bytes)


def limits_of(draft: Draft) -> Limits:
    return Limits(
        file_bytes=file_limit(),
        ticket_bytes=ticket_limit(),
        ticket_files=settings.SUPPORT_TICKET_FILES,
        agency_bytes=settings.SUPPORT_AGENCY_MB * MEGABYTE,
        agency_used=_used(Attachment.objects.for_agency(draft.agency)),
    )


def file_limit() -> int:
    return int(settings.SUPPORT_FILE_MB * MEGABYTE)


def ticket_limit() -> int:
    return int(settings.SUPPORT_TICKET_MB * MEGABYTE)


def require_room(draft: Draft, size: int) -> None:
    """Raises `Refused` where the draft or its agency cannot take a file of `size` bytes.

    Sure only while `hold(draft.agency)` holds, until the transaction ends.
    """
    limits = limits_of(draft)
    require_file(size)
    there = Attachment.objects.for_agency(draft.agency).filter(draft_id=draft.pk)
    found = there.aggregate(files=Count("pk"), used=Sum("size"))
    require_ticket(found["files"] + 1, (found["used"] or 0) + size)
    if size > limits.agency_left:
        said = {"size": size_words(limits.agency_bytes)}
        raise Refused(_("The files of all your tickets have reached the %(size)s of your agency.") % said)


def require_ticket(files: int, size: int) -> None:
    """Raises `Refused` where a ticket takes fewer files, or fewer bytes of all of them together."""
    if files > settings.SUPPORT_TICKET_FILES:
        most = settings.SUPPORT_TICKET_FILES
        words = ngettext("A ticket takes %(files)s file.", "A ticket takes %(files)s files.", most)
        raise Refused(words % {"files": most})
    if size > ticket_limit():
        said = {"size": size_words(ticket_limit())}
        raise Refused(_("The files of a ticket are %(size)s together at most.") % said)


def require_file(size: int) -> None:
    """Raises `TooLarge`."""
    if size > file_limit():
        raise TooLarge(_("It is larger than %(size)s.") % {"size": size_words(file_limit())})


def hold(agency: Agency) -> None:
    """Until the transaction ends nobody else adds a file to the agency's, so that what is counted is right.

    SQLite has one writer at a time anyway; elsewhere the agency's row is held, as for a change of it.
    """
    Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)


def size_words(size: int) -> str:
    """Such as "25 MB", in the reader's language."""
    return re.sub(r"[.,]0(?=\D)", "", filesizeformat(size))


def _used(rows: QuerySet[Attachment]) -> int:
    return int(rows.aggregate(used=Sum("size"))["used"] or 0)
