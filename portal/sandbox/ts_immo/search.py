"""GET /estates: the seventeen filters and the four parameters of paging, strictly read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from portal.sandbox.messages import Refusal
from portal.sandbox.ts_immo.folding import fold
from portal.sandbox.ts_immo.stock import Estate, Stock

LIMIT = 100
SORTABLE = ("created_at", "updated_at", "price", "surface", "city", "reference", "bedrooms", "status", "type")


def _text(value: str) -> str:
    if not value or len(value) > 200:
        raise ValueError("must be a string of 1 to 200 characters")
    return value


def _folded(value: str) -> str:
    return fold(_text(value))


def _number(value: str) -> Decimal:
    try:
        number = Decimal(value) if re.fullmatch(r"\d{1,12}(\.\d{1,4})?", value, re.ASCII) else Decimal("nan")
    except InvalidOperation:
        number = Decimal("nan")
    if number.is_nan():
        raise ValueError("must be a number not less than 0")
    return number


def _integer(least: int, most: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not re.fullmatch(r"\d{1,9}", value, re.ASCII):
            raise ValueError("must be an integer number")
        number = int(value)
        if number < least:
            raise ValueError(f"must not be less than {least}")
        if number > most:
            raise ValueError(f"must not be greater than {most}")
        return number

    return read


def _boolean(value: str) -> bool:
    if value not in ("true", "false"):
        raise ValueError("must be a boolean value")
    return value == "true"


def _country(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{2}", value, re.ASCII):
        raise ValueError("must be a valid ISO31661 Alpha2 code")
    return value.upper()


def _one_of(*choices: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value not in choices:
            raise ValueError(f"must be one of the following values: {', '.join(choices)}")
        return value

    return read


def _words(estate: Estate, words: str) -> bool:
    reference = estate.reference.casefold()
    return all(word in estate.mould.text or word in reference for word in words.split())


def _equal(name: str) -> Callable[[Estate, Any], bool]:
    return lambda estate, wanted: estate.fact(name) == wanted


def _same_text(name: str) -> Callable[[Estate, Any], bool]:
    return lambda estate, wanted: fold(estate.fact(name) or "") == wanted


def _at_least(name: str) -> Callable[[Estate, Any], bool]:
    return lambda estate, bound: estate.fact(name) is not None and estate.fact(name) >= bound


def _at_most(name: str) -> Callable[[Estate, Any], bool]:
    return lambda estate, bound: estate.fact(name) is not None and estate.fact(name) <= bound


COUNT = _integer(0, 1_000)
FILTERS: dict[str, tuple[Callable[[str], Any], Callable[[Estate, Any], bool]]] = {
    "query": (_folded, _words),
    "type": (_text, _equal("type")),
    "sub_type": (_text, _equal("sub_type")),
    "offer_type": (_text, _equal("offer_type")),
    "status": (_text, _equal("status")),
    "min_price": (_number, _at_least("price")),
    "max_price": (_number, _at_most("price")),
    "min_surface": (_number, _at_least("surface")),
    "max_surface": (_number, _at_most("surface")),
    "bedrooms": (COUNT, _equal("bedrooms")),
    "bathrooms": (COUNT, _equal("bathrooms")),
    "city": (_folded, _same_text("city")),
    "postal_code": (_text, _equal("postal_code")),
    "country": (_country, _equal("country")),
    "region": (_folded, _same_text("region")),
    "featured": (_boolean, _equal("featured")),
    "is_project": (_boolean, _equal("is_project")),
}
PAGING: dict[str, Callable[[str], Any]] = {
    "page": _integer(1, 1_000_000),
    "limit": _integer(1, LIMIT),
    "orderby": _one_of(*SORTABLE),
    "order": _one_of("ASC", "DESC"),
}
READERS = {**{name: reader for name, (reader, _) in FILTERS.items()}, **PAGING}


@dataclass(frozen=True, slots=True)
class Search:
    """A search as asked: filters by name in the order of the table, and which page."""

    filters: tuple[tuple[str, Any], ...] = ()
    page: int = 1
    limit: int = 50
    orderby: str = "created_at"
    order: str = "DESC"


def parse(pairs: Iterable[tuple[str, str]]) -> Search:
    """Raises `Refusal` 400 with one message for each parameter that is unknown, repeated or out of range."""
    pairs = list(pairs)
    messages, values = [], {}
    for name, times in Counter(name for name, _ in pairs).items():
        if times > 1:
            messages.append(f"{name} must not be given more than once")
    for name, value in pairs:
        if name not in READERS:
            messages.append(f"property {name[:60]} should not exist")
            continue
        try:
            values[name] = READERS[name](value)
        except ValueError as error:
            messages.append(f"{name} {error}")
    if messages:
        raise Refusal(400, messages)
    filters = tuple((name, values.pop(name)) for name in FILTERS if name in values)
    return Search(filters, **values)


def found(stock: Stock, search: Search) -> list[Estate]:
    """All estates that fit, in order; estates without the sorted value come last."""
    estates: list[Estate] = [] if stock.empty else stock.all()
    for name, wanted in search.filters:
        fits = FILTERS[name][1]
        estates = [estate for estate in estates if fits(estate, wanted)]
    estates.sort(key=lambda estate: estate.id)
    known = [estate for estate in estates if estate.fact(search.orderby) is not None]
    unknown = [estate for estate in estates if estate.fact(search.orderby) is None]
    known.sort(key=lambda estate: estate.fact(search.orderby), reverse=search.order == "DESC")
    return known + unknown


def window(total: int, search: Search, overlap: int = 0) -> tuple[int, int]:
    """First and last place of the page; `overlap` places earlier than the page number says."""
    start = max(0, (search.page - 1) * search.limit - overlap)
    return start, min(total, start + search.limit)
