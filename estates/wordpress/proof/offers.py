"""What a page says of itself for machines: schema.org in JSON-LD."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from estates.wordpress.proof.prices import MOST, Price
from estates.wordpress.proof.statuses import AVAILABILITY

SCRIPT_LIMIT = 200_000
NODES = 2_000
NAMES = ("sku", "productID", "identifier", "mpn", "name", "url", "@id", "alternateName")


@dataclass(frozen=True)
class Offer:
    """A thing with a price: the words by which it may be recognised, and a family of `statuses`, or ""."""

    words: str
    prices: tuple[Price, ...]
    family: str = ""


def offers_in(script: str) -> list[Offer]:
    """The offers of one script; none where it is too long or no JSON."""
    if len(script) > SCRIPT_LIMIT:
        return []
    try:
        whole = json.loads(script, parse_constant=str)
    except (ValueError, RecursionError):
        return []
    return [offer for node in _nodes(whole) if (offer := _offer(node))]


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every object on the way down to the things that have offers; not the offers themselves."""
    waiting, seen = [value], 0
    while waiting and seen < NODES:
        one = waiting.pop(0)
        seen += 1
        if isinstance(one, list):
            waiting += one[:NODES]
        elif isinstance(one, dict):
            yield one
            below = ("@graph", "mainEntity", "about", "itemOffered", "mainEntityOfPage")
            waiting += [one[name] for name in below if isinstance(one.get(name), dict | list)]


def _offer(node: dict[str, Any]) -> Offer | None:
    inside = node.get("offers", node if "price" in node else None)
    parts = [part for part in (inside if isinstance(inside, list) else [inside]) if isinstance(part, dict)]
    found = [price for part in parts[:20] for price in _prices(part)]
    words = " \n ".join(text for name in NAMES if (text := _text(node.get(name))))
    families = [
        AVAILABILITY.get(_text(part.get("availability")).rpartition("/")[2].lower(), "") for part in parts
    ]
    family = next(filter(None, families), "")
    return Offer(words[:2000], tuple(found), family) if found or family else None


def _prices(part: dict[str, Any]) -> Iterator[Price]:
    inner = part.get("priceSpecification")
    specs = [part, *(inner if isinstance(inner, list) else [inner])][:10]
    for spec in specs:
        if isinstance(spec, dict):
            for name in ("price", "lowPrice", "highPrice"):
                if price := price_of(spec.get(name), spec.get("priceCurrency", part.get("priceCurrency"))):
                    yield price


def price_of(value: Any, currency: Any = "") -> Price | None:
    """A machine's price: a number, or one in a string with a dot for decimals at most."""
    if isinstance(value, bool) or not isinstance(value, int | float | str) or len(str(value)) > 30:
        return None
    try:
        amount = Decimal(str(value).replace("\u202f", "").replace("\xa0", "").replace(" ", ""))
    except InvalidOperation:
        return None
    if not amount.is_finite() or not 0 < amount < MOST:
        return None
    code = currency.upper() if isinstance(currency, str) and currency.isascii() and len(currency) == 3 else ""
    return Price(amount, code)


def _text(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("value", value.get("@id", ""))
    return str(value) if isinstance(value, str | int) else ""
