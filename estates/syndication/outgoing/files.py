"""Where an outlet's files lie in the storage: the zip that is given out, and the pictures that it is made of."""

from __future__ import annotations

from datetime import timedelta
from hashlib import blake2b
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils import timezone

from estates.syndication.models import Outlet

FOLDER = "outlets"
PICTURES_KEPT = timedelta(days=14)
"""After that a picture is asked for again: it may be another one under the same address."""
SIZE = 8
"""Bytes before a picture that tell its length: what a killed worker left half-written is seen to be so."""


def folder_of(outlet: Outlet) -> str:
    return f"{FOLDER}/{outlet.agency_id}/{outlet.pk}"


def picture_name(outlet: Outlet, address: str) -> str:
    digest = blake2b(address.encode("utf-8", "replace"), digest_size=16).hexdigest()
    return f"{folder_of(outlet)}/pictures/{digest}"


def keep_picture(outlet: Outlet, address: str, body: bytes) -> None:
    name = picture_name(outlet, address)
    default_storage.delete(name)
    default_storage.save(name, ContentFile(len(body).to_bytes(SIZE, "big") + body))


def has_picture(outlet: Outlet, address: str) -> bool:
    """Whether the picture is here whole, and young enough."""
    name = picture_name(outlet, address)
    try:
        with default_storage.open(name) as file:
            whole = file.size - SIZE == int.from_bytes(file.read(SIZE), "big")
        return whole and default_storage.get_modified_time(name) > timezone.now() - PICTURES_KEPT
    except FileNotFoundError:
        return False


def picture(outlet: Outlet, address: str) -> bytes | None:
    """The bytes of a picture that is here whole."""
    try:
        with default_storage.open(picture_name(outlet, address)) as file:
            size = int.from_bytes(file.read(SIZE), "big")
            body: bytes = file.read()
    except FileNotFoundError:
        return None
    return body if len(body) == size else None


def forget_pictures(outlet: Outlet, still: set[str]) -> None:
    """Deletes the pictures of all addresses but these."""
    folder = f"{folder_of(outlet)}/pictures"
    try:
        names = default_storage.listdir(folder)[1]
    except FileNotFoundError:
        return
    used = {picture_name(outlet, address) for address in still}
    for file in names:
        if f"{folder}/{file}" not in used:
            default_storage.delete(f"{folder}/{file}")


@receiver(post_delete, sender=Outlet)
def forget_files(sender: type[Outlet], instance: Outlet, **kwargs: Any) -> None:
    """However a row goes, with its agency too: its files go once that is certain."""
    # Who hears of it first has taken the row's key, which is part of the names.
    gone = Outlet(pk=instance.pk, agency_id=instance.agency_id)
    stored_as = instance.stored_as

    def forget() -> None:
        forget_pictures(gone, set())
        if stored_as:
            default_storage.delete(stored_as)

    transaction.on_commit(forget)
