"""Prices in the text of a page, as French, English and German sites write them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from estates.wordpress.proof.text import folded

CURRENCIES = {
    "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "$": "USD", "usd": "USD", "£": "GBP", "gbp": "GBP",
    "chf": "CHF", "sfr": "CHF",
}  # fmt: skip
SCALES = {
    "k": 1_000, "m": 1_000_000, "mio": 1_000_000, "mio.": 1_000_000, "million": 1_000_000, "millions": 1_000_000,
    "millionen": 1_000_000,
}  # fmt: skip
MOST = Decimal(10) ** 11
"""What no estate costs: a number from there on is something else, and no column would hold it."""
AT_MOST = 200
"""Prices that are read from a page."""

_MONEY = r"(?:€|\$|£|\beuros?\b|\beur\b|\busd\b|\bgbp\b|\bchf\b|\bsfr\b)"
_NUMBER = r"(?:\d{1,3}(?:[ .,']\d{3}){1,4}(?!\d)(?:[.,]\d{1,2}(?!\d))?|\d{1,12}(?:[.,]\d{1,3}(?!\d))?)"
_SCALE = r"(?:\s?(k|m|mio\.?|millions?|millionen)(?=[\s€$£]|\b)(?:\s?d')?)?"
_AMOUNT = re.compile(
    rf"(?<![\w.,])(?:(?P<first>{_MONEY})\s?(?P<a>{_NUMBER}){_SCALE}"
    rf"|(?P<b>{_NUMBER}){_SCALE}(?:,--?)?(?: ?|\n(?!{_MONEY}\s?\d))(?P<last>{_MONEY}))"
)
_LABELLED = re.compile(
    rf"\b(?:prix(?: de vente)?|loyer|price|asking price|rent|kaufpreis|preis|kaltmiete|miete)\b"
    rf"[\s:]{{1,8}}(?P<b>{_NUMBER}){_SCALE}(?![\w%])"
)
# What stands around an amount that is not the price of the estate.
_BEFORE = re.compile(
    r"(?:honoraires?|charges|taxe|fonciere|depot|garantie|mensualites?|apport|energie|energetiques?|frais|a partir de"
    r"|hors|net vendeur|provision|fees|deposit|tax|monthly|service charge|nebenkosten|kaution|economie"
    r"|baisse de|bouquet|rente|(?:au|par|per|pro|/) ?m2|entre)\b[^\n]{0,40}\n?[^\n]{0,3}$"
)
_AFTER = re.compile(
    r"^\s?(?:/|par|per|pro|le|je)\s?(?:m2|m\b|an\b|annee|year|jahr|qm|lot|nuit|night|semaine|week)"
    r"|^[^\n]{0,12}(?:de charges|d'honoraires|de frais|de taxe)"
)


@dataclass(frozen=True)
class Price:
    """An amount on a page. `slack` is what rounding may have taken from it; `minor` one is a fee, a tax, a rate
    for a square metre or the like; `currency` is "" where the page names none. `behind` is the same without its
    first digits, which may belong to the word before: "Lyon 6 450 000 €".
    """

    amount: Decimal
    currency: str = ""
    minor: bool = False
    slack: Decimal = Decimal(1)
    behind: Decimal | None = None

    def is_about(self, amount: Decimal) -> bool:
        return abs(self.amount - amount) < self.slack or self.behind == amount


def prices_in(text: str) -> list[Price]:
    """The prices of a text, in its order."""
    return list(_found(folded(text)))


def _found(text: str) -> Iterator[Price]:
    taken: list[tuple[int, Price]] = []
    for pattern in (_AMOUNT, _LABELLED):
        for number, match in enumerate(pattern.finditer(text)):
            if number >= AT_MOST:
                break
            price = _price(match, text)
            if price:
                taken.append((match.start(), price))
    yield from (price for _at, price in sorted(taken, key=lambda pair: pair[0]))


def _price(match: re.Match[str], text: str) -> Price | None:
    groups = match.groupdict()
    written = groups.get("a") or groups["b"]
    scale = next((SCALES[word] for word in match.groups() if word in SCALES), 1)
    amount = amount_of(written, scaled=scale > 1) * scale
    if not 0 < amount < MOST:
        return None
    sign = (groups.get("first") or groups.get("last") or "").strip()
    before, after = text[max(0, match.start() - 60) : match.start()], text[match.end() : match.end() + 30]
    minor = bool(_BEFORE.search(before) or _AFTER.search(after))
    _first, parted, rest = written.partition(" ")
    behind = amount_of(rest) if parted and " " in rest else None
    return Price(amount, CURRENCIES.get(sign, ""), minor, _slack(written, scale), behind)


def amount_of(written: str, *, scaled: bool = False) -> Decimal:
    """The number: "450.000", "450,000" and "450 000" are the same, "450,00" and "1.2" (of millions) are not."""
    digits = written.replace(" ", "").replace("'", "")
    last = max(digits.rfind("."), digits.rfind(","))
    tail = len(digits) - last - 1
    if last > 0 and (tail <= 2 or scaled):
        return Decimal(re.sub(r"[.,]", "", digits[:last]) + "." + digits[last + 1 :])
    return Decimal(re.sub(r"[.,]", "", digits))


def _slack(written: str, scale: int) -> Decimal:
    """Half of the last digit that a rounded figure gives; less than one unit of an exact one."""
    if scale == 1:
        return Decimal(1)
    last = max(written.rfind("."), written.rfind(","))
    places = len(written) - last - 1 if last > 0 else 0
    return Decimal(scale) / Decimal(10) ** places / 2
