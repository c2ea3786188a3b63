"""What managers do to the addresses from which portals fetch. Each verb leaves its trace."""

from __future__ import annotations

import uuid

from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.audit import record
from accounts.models import Agency, User
from estates.jobs.models import Job
from estates.syndication.models import Outlet
from estates.syndication.outgoing import due

NOTHING_BUILT = {
    "stored_as": "",
    "built_digest": "",
    **dict.fromkeys(("size", "built_at", "listings", "pictures_missing")),
}


class NameTaken(Exception):
    """The agency has an address for a portal of this name."""


def add_outlet(agency: Agency, actor: User, *, name: str, format: str, encoding: str, query: str) -> Outlet:
    """A new address; `query` as `selection.filters_of` gives it. A zip is begun at once. Raises `NameTaken`."""
    outlet = Outlet(agency=agency, created_by=actor)
    with transaction.atomic():
        _write(outlet, name=name, format=format, encoding=encoding, query=query)
        record(agency, actor, "outlet.added", name, format=format, query=query)
        _begin(outlet, actor)
    return outlet


def change_outlet(outlet: Outlet, actor: User, *, name: str, format: str, encoding: str, query: str) -> None:
    """The secret stays. A zip of other estates is given to nobody from now on. Raises `NameTaken`."""
    values = {"name": name, "format": format, "encoding": encoding, "query": query}
    is_other = any(getattr(outlet, each) != values[each] for each in ("format", "encoding", "query"))
    with transaction.atomic():
        _write(outlet, **values, changed_at=timezone.now())
        if is_other:
            _drop_built(outlet)
        record(outlet.agency, actor, "outlet.changed", name, format=format, query=query)
        _begin(outlet, actor)


def renew_outlet(outlet: Outlet, actor: User) -> None:
    """Makes a new secret: who has the old address gets nothing from now on."""
    with transaction.atomic():
        _write(outlet, key=uuid.uuid4())
        record(outlet.agency, actor, "outlet.renewed", outlet.name)


def delete_outlet(outlet: Outlet, actor: User) -> None:
    """Its files go as well, see `files`."""
    with transaction.atomic():
        record(outlet.agency, actor, "outlet.deleted", outlet.name)
        outlet.delete()


def _write(outlet: Outlet, **values: object) -> None:
    for name, value in values.items():
        setattr(outlet, name, value)
    try:
        with transaction.atomic():
            outlet.save(update_fields=values if outlet.pk else None)
    except IntegrityError as taken:
        raise NameTaken from taken


def _drop_built(outlet: Outlet) -> None:
    if name := outlet.stored_as:
        transaction.on_commit(lambda: default_storage.delete(name))
    _write(outlet, **NOTHING_BUILT)


def _begin(outlet: Outlet, actor: User) -> Job | None:
    return due.start_build(outlet, actor) if outlet.format == Outlet.Format.OPENIMMO_ZIP else None
