"""The files of attachments in the storage: on the disk before their row is, and gone after it is."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

from accounts.models import Agency
from support.attachments.examine import Examined
from support.models import Attachment

FOLDER = "support"


@contextmanager
def stored(agency: Agency, file: Examined) -> Iterator[tuple[str, str]]:
    """Stores the file and its thumbnail ("" for none), flushed; takes both away again if the block fails."""
    stem = f"{folder_of(agency)}/{secrets.token_hex(16)}"
    body = f"{stem}.{file.kind.extension}"
    small = f"{folder_of(agency)}/{secrets.token_hex(16)}.webp" if file.thumbnail else ""
    try:
        _save(body, File(file.body))
        if small:
            _save(small, ContentFile(file.thumbnail))
        yield body, small
    except BaseException:
        discard(body, small)
        raise


def folder_of(agency: Agency) -> str:
    return f"{FOLDER}/{agency.pk}"


def discard(*names: str) -> None:
    """Deletes files by their names in the storage; "" is none, and one that is gone is no error."""
    for name in filter(None, names):
        default_storage.delete(name)


def _save(name: str, content: File[Any]) -> None:
    """Returns when the bytes are on the disk, and so are the folders that lead to them."""
    saved = default_storage.save(name, content)
    if saved != name:
        discard(saved)
        raise FileExistsError(name)
    if not isinstance(default_storage, FileSystemStorage):
        # One elsewhere answers when it has the bytes.
        return
    path = Path(default_storage.path(name))
    for place in (path, *path.parents[:3]):
        number = os.open(place, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


@receiver(post_delete, sender=Attachment)
def forget_files(sender: type[Attachment], instance: Attachment, **kwargs: Any) -> None:
    """However a row goes, with its draft or its agency too: its files go once that is certain."""
    names = (instance.stored_as, instance.thumbnail_as)
    transaction.on_commit(lambda: discard(*names))
