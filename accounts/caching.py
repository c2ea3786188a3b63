"""What may be a minute old: counted over all that an agency has, and shown again for that long."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache

from accounts.models import Agency

SECONDS = 60

Found = TypeVar("Found")


def for_a_minute(agency: Agency, name: str, count: Callable[[], Found]) -> Found:
    """What `count` found less than a minute ago, or finds now. `name` says what it is, once in the portal."""
    key = f"{name}:{agency.pk}"
    found: Found | None = cache.get(key)
    if found is None:
        found = count()
        cache.set(key, found, SECONDS)
    return found
