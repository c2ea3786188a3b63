"""The bytes of feed files: spooled and measured as they come, stored, and read again from a place on this machine."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from accounts.models import Agency
from accounts.names import tidy
from estates.syndication.incoming.refusals import Refused, TooLarge
from estates.syndication.models import Feed

FOLDER = "feeds"
BLOCK = 1 << 18
NAME_LIMIT = 200
_SEPARATORS = re.compile(r"[/\\]")

Bytes = File | BinaryIO | Iterable[bytes]
"""What a file may come as: Django's, any that is open for reading, or pieces of it in their order."""


@dataclass(frozen=True, slots=True)
class Spooled:
    """A file on this machine's disk. `size` is in bytes, `sha256` in hexadecimal."""

    file: TemporaryUploadedFile
    size: int
    sha256: str


def feed_limit() -> int:
    """How many bytes a feed file may have."""
    return int(settings.FEED_MAX_MB) * 1024 * 1024


def limit_words() -> str:
    return re.sub(r"[.,]0(?=\D)", "", filesizeformat(feed_limit()))


def too_large() -> TooLarge:
    return TooLarge(_("The file is larger than %(size)s, and was not kept.") % {"size": limit_words()})


def shown_name(name: str) -> str:
    """The last part of a path, in one line and without what cannot be seen; never empty."""
    seen = tidy(_SEPARATORS.split(name.replace("\0", ""))[-1])
    if len(seen) > NAME_LIMIT:
        # The ending says what it is: the middle goes.
        seen = f"{seen[: NAME_LIMIT - 21]}…{seen[-20:]}"
    return seen.strip(" .") or _("without a name")


@contextmanager
def spooled(file: Bytes) -> Iterator[Spooled]:
    """The whole file on the disk, as long as the block lasts. Raises `Refused` for none and `TooLarge`.

    What Django has spooled already is measured where it lies.
    """
    if isinstance(file, TemporaryUploadedFile):
        file.seek(0)
        yield _measured(file, file.chunks(BLOCK))
        return
    with TemporaryUploadedFile("feed", "", 0, None) as spool:
        yield _measured(spool, _pieces(file), spool.write)


def _pieces(file: Bytes) -> Iterator[bytes]:
    if isinstance(file, File):
        return file.chunks(BLOCK)
    read = getattr(file, "read", None)
    return iter(partial(read, BLOCK), b"") if read else iter(file)


def _measured(spool: TemporaryUploadedFile, pieces: Iterable[bytes], write: Any = None) -> Spooled:
    size, digest, limit = 0, hashlib.sha256(), feed_limit()
    for piece in pieces:
        size += len(piece)
        if size > limit:
            raise too_large()
        digest.update(piece)
        if write:
            write(piece)
    if not size:
        raise Refused(_("The file is empty, and was not kept."))
    spool.size = size
    spool.seek(0)
    return Spooled(spool, size, digest.hexdigest())


@contextmanager
def stored(agency: Agency, spool: Spooled) -> Iterator[str]:
    """Moves the file into the storage and gives its name there; takes it away again if the block fails."""
    name = f"{FOLDER}/{agency.pk}/{secrets.token_hex(16)}"
    try:
        saved = default_storage.save(name, spool.file)
        if saved != name:
            default_storage.delete(saved)
            raise FileExistsError(name)
        _flush(name)
        yield name
    except BaseException:
        default_storage.delete(name)
        raise


def _flush(name: str) -> None:
    """Returns when the bytes, and the folders that lead to them, are on the disk."""
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


@contextmanager
def local(feed: Feed, heard: Callable[[], None]) -> Iterator[Path]:
    """Where the stored file lies on this machine; one that lies elsewhere is fetched as long as the block lasts.

    `heard` is called for every piece that is fetched. Raises `FileNotFoundError`.
    """
    if not feed.stored_as:
        raise FileNotFoundError
    if isinstance(default_storage, FileSystemStorage):
        path = Path(default_storage.path(feed.stored_as))
        if not path.is_file():
            raise FileNotFoundError(feed.stored_as)
        yield path
        return
    with TemporaryDirectory(prefix="feed-") as folder:
        path = Path(folder, "feed")
        with default_storage.open(feed.stored_as) as there, path.open("wb") as here:
            for piece in there.chunks(BLOCK):
                heard()
                here.write(piece)
        yield path


@receiver(post_delete, sender=Feed)
def forget_file(sender: type[Feed], instance: Feed, **kwargs: Any) -> None:
    """However a row goes, with its agency too: its file goes once that is certain."""
    if name := instance.stored_as:
        transaction.on_commit(lambda: default_storage.delete(name))
