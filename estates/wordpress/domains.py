"""Names of sites: one spelling for each, and none that leads into a private network."""

import re
from typing import Any

import idna
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LONGEST = 253
ALONE = _("Give the domain alone, such as www.agence-martin.fr: no https://, no path, no port.")
PUBLIC = _("This name is only known inside a network. Give the domain by which visitors reach the site.")
NUMBERS = _("This is a numeric address. Give the domain by which visitors reach the site.")
WHOLE = _("A domain has at least two parts, such as agence-martin.fr.")
SPELLING = _("This is no domain name. Check its spelling: letters, digits and hyphens, with dots between.")
LONG = _("This is longer than a domain name may be.")

PRIVATE = frozenset({"localhost", "localdomain", "local", "internal", "intranet", "private", "lan", "home"})
PRIVATE |= {"corp", "test", "invalid", "onion", "alt", "arpa"}
"""Last parts that no public name server knows or that lead to no website (RFC 2606, 6761, 6762, 7686, 8375, 9476).

`example` is not among them: it leads nowhere at all, and the demo's sites live there.
"""

_NUMERIC = re.compile(r"\d+|0x[0-9a-f]*", re.ASCII)
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z](?:[a-z0-9-]*[a-z0-9])", re.ASCII)


def normalised(text: str) -> str:
    """The name as it is stored: lower case, in ASCII, other scripts as punycode, without a last dot.

    Raises `ValidationError` in words for a person.
    """
    if len(text) > LONGEST:
        raise ValidationError(LONG, code="long")
    _refuse(any(sign in text for sign in "/\\:@?#[]%"), ALONE, "alone")
    try:
        name = idna.encode(text, uts46=True, std3_rules=True, transitional=False).decode().removesuffix(".")
    except (idna.IDNAError, UnicodeError):
        raise ValidationError(SPELLING, code="spelling") from None
    *_rest, last = labels = name.split(".")
    _refuse(bool(_NUMERIC.fullmatch(last)), NUMBERS, "numbers")
    _refuse(last in PRIVATE, PUBLIC, "private")
    _refuse(len(labels) < 2, WHOLE, "whole")
    _refuse(not _HOST.fullmatch(name), SPELLING, "spelling")
    _refuse(len(name) > LONGEST, LONG, "long")
    return name


def shown(domain: str) -> str:
    """A stored name in its own script; as it is stored where that cannot be told."""
    try:
        return idna.decode(domain)
    except (idna.IDNAError, UnicodeError):
        return domain


def _refuse(wrong: bool, words: Any, code: str) -> None:
    if wrong:
        raise ValidationError(words, code=code)
