"""How long files are kept that never went anywhere."""

from datetime import timedelta

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from support.attachments.storing import FOLDER, discard
from support.models import Attachment, Draft

KEPT = timedelta(days=30)
"""After the last change of a draft."""
KEPT_UNNAMED = timedelta(days=2)
"""After a partner's software handed in a file: it names it in its next call, or never."""
LEFT_OVER = timedelta(days=1)


def forget_old_drafts() -> int:
    """Deletes drafts that nobody has touched for `KEPT`, and files that no ticket named; returns how many."""
    now = timezone.now()
    unnamed = Q(key__isnull=False, changed_at__lt=now - KEPT_UNNAMED)
    old = Draft.objects.across_agencies().filter(Q(changed_at__lt=now - KEPT) | unnamed)
    forgotten = sum(_forget(draft) for draft in old)
    sweep()
    return forgotten


def _forget(draft: Draft) -> bool:
    """False where it was touched, sent or dropped meanwhile. Held first, so that no file comes to it just then."""
    rows = Draft.objects.across_agencies().filter(pk=draft.pk, changed_at=draft.changed_at)
    with transaction.atomic():
        return bool(rows.update(changed_at=F("changed_at")) and rows.delete()[0])


def sweep() -> int:
    """Deletes files that no row names, and returns how many: a process that dies between both leaves such."""
    try:
        agencies = default_storage.listdir(FOLDER)[0]
    except FileNotFoundError:
        return 0
    return sum(_sweep(f"{FOLDER}/{agency}") for agency in agencies)


def _sweep(folder: str) -> int:
    found = {f"{folder}/{name}" for name in default_storage.listdir(folder)[1]}
    rows = Attachment.objects.across_agencies().filter(stored_as__startswith=f"{folder}/")
    left = found.difference(*rows.values_list("stored_as", "thumbnail_as"))
    return sum(_discard_old(path) for path in left)


def _discard_old(path: str) -> bool:
    """False for a file that is too new to be left over, or gone by now."""
    try:
        is_new = default_storage.get_modified_time(path) > timezone.now() - LEFT_OVER
    except FileNotFoundError:
        return False
    if not is_new:
        discard(path)
    return not is_new
