"""Building an outlet's zip, by a worker: its pictures are brought slice by slice, then it is written at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import BinaryIO, cast

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import transaction
from django.utils import timezone

from estates.connections.web import web_client
from estates.feeds.listing import Listing, Picture, Scope
from estates.feeds.zip_writing import MOST_BYTES, Zipped, write_zip
from estates.jobs.run import Continue, Run
from estates.syndication.models import Outlet
from estates.syndication.outgoing import files
from estates.syndication.outgoing.documents import sender_of
from estates.syndication.outgoing.due import KIND, seen_now, start_due_builds
from estates.syndication.outgoing.pictures import MOST_OF_A_LISTING, addresses_of, bring
from estates.syndication.outgoing.selection import (
    BadQuery,
    Selection,
    listings,
    listings_after,
    selection_of,
)

__all__ = ["KIND", "build", "start_due_builds"]

BATCH = 1
"""Estates whose pictures are brought between two checkpoints: 25 that hang take 40 seconds, and it goes on behind."""
BUILT = ["stored_as", "size", "built_at", "built_digest", "listings", "pictures_missing"]


def build(run: Run) -> None:
    """The work. It aims at the estates as they were when it began: what changes meanwhile is due again after."""
    zips = Outlet.objects.for_agency(run.agency).filter(format=Outlet.Format.OPENIMMO_ZIP)
    outlet = zips.select_related("agency").filter(pk=run.params["outlet"]).first()
    if outlet is None:
        return
    try:
        selection = selection_of(outlet.agency, outlet.query)
    except BadQuery:
        # Its page says so; trying again would not help.
        return
    form = [outlet.query, outlet.encoding]
    if run.checkpoint.get("form") != form:
        now = seen_now(outlet)
        began = {"digest": now.digest, "total": now.listings, "at": now.changed_at.isoformat(), "form": form}
        with run.step(
            done=0, total=now.listings, phase="pictures", checkpoint={**began, "after": 0, "size": 0}
        ):
            pass
    _bring(run, outlet, selection)
    _store(run, outlet, selection)


def _bring(run: Run, outlet: Outlet, selection: Selection) -> None:
    with web_client() as web:
        while some := listings_after(selection, run.checkpoint["after"], BATCH):
            size, done = run.checkpoint["size"], (run.job.done or 0) + len(some)
            size += bring(run, web, outlet, addresses_of(some.values()), MOST_BYTES - size)
            with run.step(done=done, checkpoint={**run.checkpoint, "after": max(some), "size": size}):
                pass
            if run.out_of_time:
                raise Continue


def _store(run: Run, outlet: Outlet, selection: Selection) -> None:
    used: set[str] = set()
    with _Spool(run) as spool:
        packed = _write(run, outlet, selection, spool, used)
        if not packed.listings:
            # Nothing would take everything off the market there: what was built before stays.
            return
        spool.size = spool.tell()
        spool.seek(0)
        size = spool.size
        stored_as = default_storage.save(f"{files.folder_of(outlet)}/{run.checkpoint['digest']}.zip", spool)
    try:
        _swap(run, outlet, stored_as, size, packed)
    except BaseException:
        default_storage.delete(stored_as)
        raise
    files.forget_pictures(outlet, used)


class _Spool(TemporaryUploadedFile):
    """A zip that tells the run of every piece that is read of it: its way to a storage elsewhere may be long."""

    def __init__(self, run: Run) -> None:
        super().__init__("feed.zip", "application/zip", 0, None)
        self._run = run

    def read(self, size: int = -1) -> bytes:
        self._run.report()
        return cast("BinaryIO", self.file).read(size)


def _write(run: Run, outlet: Outlet, selection: Selection, spool: _Spool, used: set[str]) -> Zipped:
    def fetch(picture: Picture) -> bytes | None:
        run.report()
        used.add(picture.address)
        return files.picture(outlet, picture.address)

    return write_zip(
        _cut(listings(selection)),
        sender_of(outlet.agency),
        cast("BinaryIO", spool.file),
        fetch,
        encoding=outlet.encoding,
        scope=Scope.FULL,
        at=datetime.fromisoformat(run.checkpoint["at"]),
    )


def _cut(found: Iterator[Listing]) -> Iterator[Listing]:
    for listing in found:
        yield replace(listing, pictures=listing.pictures[:MOST_OF_A_LISTING])


def _swap(run: Run, outlet: Outlet, stored_as: str, size: int, packed: Zipped) -> None:
    """The new zip takes the old one's place. If the outlet became another one meanwhile, all begins anew."""
    with run.step(done=run.checkpoint["total"]):
        held = Outlet.objects.for_agency(run.agency).select_for_update()
        same = {name: getattr(outlet, name) for name in ("pk", "format", "encoding", "query")}
        row = held.filter(**same).first()
        if row is not None:
            superseded = row.stored_as
            row.stored_as, row.size, row.built_at = stored_as, size, timezone.now()
            row.built_digest, row.listings = run.checkpoint["digest"], packed.listings
            row.pictures_missing = packed.missing
            row.save(update_fields=BUILT)
            if superseded:
                transaction.on_commit(lambda: default_storage.delete(superseded))
    if row is None:
        raise Continue
