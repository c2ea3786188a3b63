"""Taking out of texts that leave the portal, to logs and error reports, what may not leave it."""

import re
from functools import cache
from urllib.parse import quote, urlsplit

from django.conf import settings

MASK = "[removed]"
SHORTEST = 8
"""Characters of a secret from which on it is looked for: a short one would mask words."""

_KEYS = (
    r"psl_[A-Za-z0-9]{8}_[A-Za-z0-9]{32}",  # a partner's key
    r"seeki_(?:live|test)_\w+",
    r"gAAAA[\w-]{20,}=*",  # what the vault sealed
    r"(?i:bearer|basic|api[_-]?key[\"']?[:=]|x-[a-z-]*key[\"']?[:=])\s*[\"']?[\w.~+/=-]{8,}",
    r"(?<=://)[^\s/@:]*:[^\s/@]+(?=@)",  # name and password in an address
    r"(?i:(?<=[?&](?:key|sig)=)|(?<=[?&](?:token)=))[^&\s]+",
)
_PEOPLE = (
    r"[^\s@<>\"'(),:;\\\[\]=]{1,64}@[^\s@<>\"'(),:;\\\[\]/]+\.[^\s@<>\"'(),:;\\\[\]/.]{2,}",
    r"(?<![\w.:/+-])(?:\+\d{1,3}|00\d{2}|0)[ .-]?\d(?:[ .-]?\d){8,10}(?![\w-])",  # a phone number
    r"(?<=DETAIL:)[^\n]+",  # PostgreSQL quotes the row that it refuses
)


def scrub(text: str) -> str:
    """The text without the portal's own secrets, keys that show what they are, mail addresses and phone numbers."""
    return _pattern().sub(MASK, text)


@cache
def _pattern() -> re.Pattern[str]:
    own = [re.escape(value) for value in sorted(own_secrets(), key=len, reverse=True)]
    return re.compile("|".join((*own, *_KEYS, *_PEOPLE)))


def own_secrets() -> set[str]:
    """Every secret of the settings, as it is and as it stands in an address."""
    found: list[str | None] = [settings.SECRET_KEY, settings.METRICS_KEY, *settings.VAULT_KEYS]
    found.append(settings.EMAIL_HOST_PASSWORD)
    found += [database.get("PASSWORD") for database in settings.DATABASES.values()]
    found.append(urlsplit(settings.REDIS_URL).password)
    found.append(settings.STORAGES["default"].get("OPTIONS", {}).get("secret_key"))
    kept = {value for value in found if value and len(value) >= SHORTEST}
    return kept | {quote(value, safe="") for value in kept}
