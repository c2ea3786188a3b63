"""A person's saved searches."""

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from accounts.audit import record
from accounts.models import Membership
from estates.catalogue.models import SavedSearch


class NameTaken(ValueError):
    """The person has a saved search of this name for this page of the agency."""


def saved_searches(
    membership: Membership, page: SavedSearch.Page = SavedSearch.Page.ESTATES
) -> QuerySet[SavedSearch]:
    """What the person has saved of a page."""
    mine: QuerySet[SavedSearch] = SavedSearch.objects.for_agency(membership.agency)
    return mine.filter(user=membership.user, page=page)


def save_search(
    membership: Membership, name: str, query: str, page: SavedSearch.Page = SavedSearch.Page.ESTATES
) -> SavedSearch:
    """Keeps a query string of a page under a name. Raises `NameTaken`."""
    try:
        with transaction.atomic():
            saved = SavedSearch.objects.create(
                agency=membership.agency, user=membership.user, page=page, name=name, query=query
            )
            record(membership.agency, membership.user, "search.saved", name)
    except IntegrityError:
        raise NameTaken(name) from None
    return saved


def rename_search(saved: SavedSearch, name: str) -> None:
    """Raises `NameTaken`."""
    try:
        with transaction.atomic():
            old, saved.name = saved.name, name
            saved.save(update_fields=["name"])
            record(saved.agency, saved.user, "search.renamed", name, before=old)
    except IntegrityError:
        raise NameTaken(name) from None


def delete_search(saved: SavedSearch) -> None:
    with transaction.atomic():
        saved.delete()
        record(saved.agency, saved.user, "search.deleted", saved.name)
