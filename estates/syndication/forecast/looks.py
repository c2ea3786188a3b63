"""What is known of an agency's pictures, and when they are asked for again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import blake2b

from accounts.models import Agency
from estates.jobs.models import Job
from estates.jobs.start import start
from estates.remotes.web import ADDRESS_LIMIT
from estates.syndication.models import PictureLook

KIND = "syndication.pictures"
AGAIN_AFTER = {True: timedelta(days=14), False: timedelta(days=1)}
"""By whether the picture answered."""
MOST_OF_AN_ESTATE = 10
"""Pictures of one estate that are asked for: where the first ones answer, so do the others."""


def start_pictures(agency: Agency) -> Job:
    """Puts a look at the agency's pictures in line; where one is in line or under way, that is the one."""
    return start(agency, KIND, subject="pictures")


def looks_of(agency: Agency, addresses: Iterable[str]) -> dict[str, PictureLook]:
    """The looks at pictures so far, by address; what was never looked at is not in it."""
    by_digest = {digest_of(address): address for address in addresses}
    rows = PictureLook.objects.for_agency(agency).filter(digest__in=by_digest)
    found = rows.only("digest", "answers", "looked_at")
    return {by_digest[look.digest]: look for look in found}


def is_due(look: PictureLook | None, now: datetime) -> bool:
    """Whether a picture is to be asked for (again)."""
    if look is None or look.looked_at is None or look.answers is None:
        return True
    return look.looked_at + AGAIN_AFTER[look.answers] <= now


def asked_for(images: object) -> list[str]:
    """The pictures of one estate that are looked at, out of its column."""
    given = images if isinstance(images, list) else []
    usable = [each for each in given if isinstance(each, str) and len(each) <= ADDRESS_LIMIT]
    return usable[:MOST_OF_AN_ESTATE]


def digest_of(address: str) -> str:
    return blake2b(address.encode("utf-8", "replace"), digest_size=16).hexdigest()
