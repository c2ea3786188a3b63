"""How many calls a key may make: so many in each minute, in all processes together."""

from __future__ import annotations

import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from accounts.models import PartnerKey
from portal.api.errors import Refusal

WINDOW = 60


def keep(request: HttpRequest, key: PartnerKey) -> None:
    """Counts a call; the answer tells what is left (`headers`). Raises Refusal 429 beyond the limit."""
    now = time.time()
    minute, left_seconds = int(now // WINDOW), WINDOW - int(now % WINDOW)
    limit: int = settings.API_CALLS_A_MINUTE
    counter = f"api-pace:{key.agency_id}:{key.pk}:{minute}"
    used = _counted(counter)
    headers = {
        "RateLimit-Policy": f'"minute";q={limit};w={WINDOW}',
        "RateLimit": f'"minute";r={max(0, limit - used)};t={left_seconds}',
    }
    request.pace_headers = headers  # type: ignore[attr-defined]
    if used > limit:
        words = f"At most {limit} calls a minute."
        raise Refusal(429, words, headers | {"Retry-After": str(left_seconds)})


def _counted(counter: str) -> int:
    if hasattr(cache, "tick"):
        return int(cache.tick(counter, 2 * WINDOW))
    cache.add(counter, 0, 2 * WINDOW)
    try:
        return cache.incr(counter)
    except ValueError:
        return 1  # a cache that keeps nothing at the moment limits nothing
