"""An agency's reference of an estate, found as a whole word in texts and in addresses."""

import re
from functools import lru_cache

from estates.wordpress.proof.text import folded

WEAK = 4
"""A shorter reference, or one of few digits alone, is only believed where "Réf." or the like stands before it."""
WEAK_DIGITS = 6
RUN = re.compile(r"[a-z]+|\d+|[^\W\da-z_]+")
_BETWEEN = r"[ \-_./:°]{0,3}"
_WORD = r"(?:ref(?:erence)?s?|reference du bien|objekt-?nr|objektnummer|id|n°|no|mandat)"
_LABEL = rf"\b{_WORD}\.?(?: ?(?:n°|no\.?|interne|agence|du bien|number))?[\s:#.°-]{{0,4}}"
_LABELLED = re.compile(
    r"\b(?:ref|reference|objekt-?nr|objektnummer)\.?(?: ?(?:n°|no\.?|interne|agence|du bien|number))?[\s:#°]{1,4}"
    r"(?=[a-z0-9\-_/.]*\d)([a-z0-9][a-z0-9\-_/.]{1,30})"
)


def parts_of(reference: str) -> tuple[str, ...]:
    """The runs of letters and of digits: "REF-001", "ref 001" and "Ref001" are the same three."""
    return tuple(RUN.findall(folded(reference)))[:20]


def compact(reference: str) -> str:
    return "".join(parts_of(reference))


def is_weak(reference: str) -> bool:
    plain = compact(reference)
    return len(plain) < WEAK or (plain.isdigit() and len(plain) < WEAK_DIGITS)


@lru_cache(maxsize=256)
def pattern_of(reference: str) -> re.Pattern[str] | None:
    """What finds the reference in a folded text, or None for one without letters and digits.

    It stands alone: "REF-001" is in neither "REF-0012" nor "REF-001-2" nor "XREF-001".
    """
    parts = parts_of(reference)
    if not parts:
        return None
    written = _BETWEEN.join(map(re.escape, parts))
    alone = r"(?:(?<![\w])(?<![\w][\-_/])|(?<=\bref[-_/]))"
    before = _LABEL if is_weak(reference) else alone
    return re.compile(rf"{before}{written}(?!\w)(?![\-_/]\w)")


def is_in(reference: str, text: str) -> bool:
    """Whether a text, `folded` already, names the reference."""
    pattern = pattern_of(reference)
    return bool(pattern and pattern.search(text))


def others_in(text: str) -> list[str]:
    """What a folded text calls its reference, whosever it is."""
    return [found.rstrip("-_/.") for found in _LABELLED.findall(text)[:10]]
