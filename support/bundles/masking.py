"""What others said, without keys, mail addresses and phone numbers, so that it may be shown to support."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from accounts.models import Agency
from accounts.names import tidy
from estates.connections.sealed import sealed_models
from estates.connections.vault import unseal
from estates.leads.models import ErasureTrace
from estates.remotes.aviv_token import AvivCredential
from estates.remotes.redaction import MASK, Redactor
from estates.remotes.secret import Secret

WORDS = 1000
"""Characters of a remote's words that support is told."""

_URL_LOGIN = re.compile(r"(?<=://)[^\s/@]+@")
_SCHEME = re.compile(r"\b(bearer|basic|apikey|token)(\s+)[^\s\"',;]{6,}", re.IGNORECASE)
# After a mere colon a word may follow too, as in "API key: unknown".
_NAMED = re.compile(
    r"\b([\w-]{0,40}(?:key|token|secret|passw(?:or)?d|pwd|authorization|signature)\b"
    r"(?:[\"']?\s*=\s*[\"']?|[\"']?\s*:\s*[\"']|\s*:\s*(?=\S*\d|\S{16})))"
    r"(?!\[key removed)[^\s\"'&,;}]+",
    re.IGNORECASE,
)
# A run of letters and digits that no word is as long as, with digits in it.
_RUN = re.compile(r"(?<![\w+-])(?=[\w+-]*[A-Za-z])(?=(?:[\w+-]*?\d){2})[\w+-]{16,}={0,2}", re.ASCII)
_MAIL = re.compile(r"[^\s@<>\"(),:;\\\[\]=&?|/']{1,64}(?:@|%40|&#64;)[\w.-]{3,255}", re.IGNORECASE)
_DATE = r"(?!\d{4}-\d\d-\d\d(?!\d))"
_PHONE = re.compile(rf"(?<!\d){_DATE}\+?\d(?:[\s.\-()/\u00a0\u202f]{{0,3}}\d){{8,}}")


class Mask:
    """Takes out some keys wherever they stand, and whatever looks like a key or tells a person."""

    def __init__(self, secrets: Iterable[Secret]) -> None:
        self._redactor = Redactor(secrets)

    def keys(self, text: str) -> str:
        """One line without the keys, in any spelling."""
        # What nobody sees may stand inside of a key.
        seen = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
        return self._redactor.text(tidy(self._redactor.text(seen)))

    def words(self, text: str, limit: int = WORDS) -> str:
        """One line of at most so many characters without anything secret or personal."""
        told = _NAMED.sub(rf"\1{MASK}", _SCHEME.sub(rf"\1\2{MASK}", _URL_LOGIN.sub("", self.keys(text))))
        told = _MAIL.sub(_("[address removed]"), _RUN.sub(MASK, told))
        told = _PHONE.sub(_("[number removed]"), told)
        return told if len(told) <= limit else f"{told[: limit - 1]}…"


def mask_of(agency: Agency) -> Mask:
    """The mask of all keys that the agency has stored. Raises `VaultError` where one of them cannot be read."""
    return Mask(secret for stored in stored_keys(agency) for secret in _parts(stored))


def stored_keys(agency: Agency) -> Iterator[Secret]:
    """All secrets of the agency in the vault. What an erasure looks for lies there too, but is no key."""
    for model in sealed_models():
        if model is ErasureTrace:
            continue
        owner = model.named_by[1].removesuffix("__name")
        for ciphertext in model._default_manager.filter(**{owner: agency}).values_list(
            "ciphertext", flat=True
        ):
            yield unseal(ciphertext)


def _parts(secret: Secret) -> tuple[Secret, ...]:
    """The secret, and those inside of it: AVIV's credentials are several in one."""
    try:
        return (secret, *AvivCredential.parse(secret).secrets)
    except ValueError:
        return (secret,)
