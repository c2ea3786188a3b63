"""Numbers, dates and yes or no, as feeds in the wild write them."""

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache

_PLAIN = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,12})?", re.ASCII)
_ENGLISH = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d{1,12})?", re.ASCII)
_GERMAN = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+(?:,\d{1,12})?|[+-]?\d{1,15},\d{1,12}", re.ASCII)
_BLANKS = re.compile(r"[\s'’]+|EUR|€|m²|m2", re.IGNORECASE)
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?", re.ASCII | re.DOTALL)
_GERMAN_DATE = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})(?:[T ].*)?", re.ASCII | re.DOTALL)
_YES = frozenset(("true", "1", "ja", "yes", "wahr", "si", "sí"))


@lru_cache(maxsize=2048)
def number(text: str) -> Decimal | None:
    """`84.5`, `84,5`, `1.250,00`, `1,250.00`, `1 250,00 €`; None for anything else.

    `1.250` is one and a quarter, as the schema's decimals are: only what is no decimal is read as German.
    """
    if _PLAIN.fullmatch(text):
        return Decimal(text)
    bare = _BLANKS.sub("", text)
    if _PLAIN.fullmatch(bare):
        return Decimal(bare)
    if _GERMAN.fullmatch(bare):
        return Decimal(bare.replace(".", "").replace(",", "."))
    if _ENGLISH.fullmatch(bare):
        return Decimal(bare.replace(",", ""))
    return None


@lru_cache(maxsize=2048)
def day(text: str) -> date | None:
    """`2015-08-01`, with any time behind it (of seven fractional digits too), or `01.08.2015`, `1/8/2015`."""
    text = text.strip()
    if found := _ISO_DATE.fullmatch(text):
        year, month, day_ = found.group(1, 2, 3)
    elif found := _GERMAN_DATE.fullmatch(text):
        day_, month, year = found.group(1, 2, 3)
    else:
        return None
    try:
        return date(int(year), int(month), int(day_))
    except ValueError:
        return None


def yes(text: str | None) -> bool:
    """`true`, `1`, `TRUE`, `ja` and the like."""
    return text is not None and (text == "true" or text.strip().lower() in _YES)
