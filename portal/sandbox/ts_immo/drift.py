"""Faults that only a page of estates can have: an estate nobody can read, an estate on two pages."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from portal.sandbox.faults import Fault, Kind
from portal.sandbox.messages import Answer
from portal.sandbox.systems import Exchange
from portal.sandbox.ts_immo.estate_calls import page_of
from portal.sandbox.ts_immo.search import parse

SEARCH = "search_estates"


def _without_id(item: Any) -> Any:
    return {**item, "id": None}


def _a_string(item: Any) -> Any:
    return "estate"


def spoiling(spoil: Callable[[Any], Any]) -> Kind:
    """A kind that replaces the first estate of a page, and leaves other operations alone."""

    def unreadable(fault: Fault, exchange: Exchange) -> Answer:
        answer = exchange.work()
        if exchange.route.operation != SEARCH or answer.status != 200:
            return answer
        page = json.loads(answer.body)
        page["data"][:1] = [spoil(item) for item in page["data"][:1]]
        return replace(answer, body=json.dumps(page, ensure_ascii=False).encode())

    return unreadable


def duplicate_ids(fault: Fault, exchange: Exchange) -> Answer:
    """As if one estate were added on top before each page: the last of one is the first of the next.

    The total grows likewise, so a reader who goes on until `page × limit ≥ total` still sees every estate.
    """
    answer = exchange.work()
    if exchange.route.operation != SEARCH or answer.status != 200:
        return answer
    overlap = parse(exchange.request.query).page - 1
    return page_of(exchange.request, exchange.system.account_for(exchange.request), overlap)


KINDS: dict[str, Kind] = {
    "unreadable_estate": spoiling(_without_id),
    "estate_is_a_string": spoiling(_a_string),
    "duplicate_ids": duplicate_ids,
}
