"""The number in the menu: that of the list, as it was counted less than a minute ago."""

from django.core.cache import cache

from accounts.models import Membership
from portal.needs import needs_for

SECONDS = 60


def number_for(membership: Membership) -> int:
    number = cache.get(_key(membership))
    if number is None:
        number = len(needs_for(membership))
        keep_number(membership, number)
    return int(number)


def keep_number(membership: Membership, number: int) -> None:
    """Whoever has counted says so: the menu then shows what the list shows."""
    cache.set(_key(membership), number, SECONDS)


def _key(membership: Membership) -> str:
    return f"needs:{membership.agency_id}:{membership.role}"
