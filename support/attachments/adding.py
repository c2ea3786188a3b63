"""Files come to a draft of a new ticket, and go again."""

from __future__ import annotations

from typing import BinaryIO, cast

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.audit import record
from accounts.models import User
from support.attachments.examine import Examined, examined
from support.attachments.limits import hold, require_file, require_room
from support.attachments.refusals import Refused
from support.attachments.storing import stored
from support.models import Attachment, Draft

SENT = _("The ticket has been sent meanwhile, and files go only with a new one.")


def add(draft: Draft, sent: UploadedFile, actor: User) -> Attachment:
    """Examines the file and stores it with the draft. Raises `Refused`, and nothing is kept.

    Its bytes are on the disk before the row is committed.
    """
    require_room(draft, sent.size or 0)
    with examined(cast(BinaryIO, sent.file), sent.name or "") as found:
        return keep(draft, found, actor)


def keep(draft: Draft, found: Examined, actor: User | None) -> Attachment:
    """Stores a file that was examined with the draft. Raises `Refused`."""
    # A picture may have become larger by being painted anew.
    require_file(found.size)
    with stored(draft.agency, found) as places:
        return _insert(draft, found, places, actor)


def remove(attachment: Attachment, actor: User) -> None:
    """Takes a file from a draft; one that has gone out with its ticket meanwhile stays."""
    with transaction.atomic():
        rows = Attachment.objects.for_agency(attachment.agency).filter(
            pk=attachment.pk, draft=attachment.draft, message=None
        )
        if rows.delete()[0]:
            record(attachment.agency, actor, "attachment.removed", attachment.name)


def _insert(draft: Draft, found: Examined, places: tuple[str, str], actor: User | None) -> Attachment:
    with transaction.atomic():
        hold(draft.agency)
        if not _hold(draft):
            raise Refused(SENT)
        require_room(draft, found.size)
        stored_as, thumbnail_as = places
        attachment = Attachment.objects.create(
            agency=draft.agency,
            draft=draft,
            uploaded_by=actor,
            name=found.name,
            mime_type=found.kind.mime_type,
            size=found.size,
            width=found.width,
            height=found.height,
            sha256=found.sha256,
            stored_as=stored_as,
            thumbnail_as=thumbnail_as,
        )
        record(draft.agency, actor, "attachment.added", found.name, size=found.size, sha256=found.sha256)
    return attachment


def _hold(draft: Draft) -> bool:
    """Holds the draft's row until the transaction ends; False when it is no draft any more."""
    rows = Draft.objects.for_agency(draft.agency).filter(pk=draft.pk, token=draft.token)
    return bool(rows.update(changed_at=timezone.now()))
