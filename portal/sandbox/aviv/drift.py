"""Faults that only AVIV's list of leads can have."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from portal.sandbox.faults import Fault, Kind
from portal.sandbox.messages import Answer
from portal.sandbox.systems import Exchange

LEADS = "leads"


def spoiling(spoil: Callable[[dict[str, Any], Exchange], None]) -> Kind:
    """A kind that changes a page of leads in place, and leaves other operations alone."""

    def spoilt(fault: Fault, exchange: Exchange) -> Answer:
        answer = exchange.work()
        if exchange.route.operation != LEADS or answer.status not in (200, 206):
            return answer
        page = json.loads(answer.body)
        spoil(page, exchange)
        return replace(answer, body=json.dumps(page, ensure_ascii=False).encode())

    return spoilt


def _without_id(page: dict[str, Any], exchange: Exchange) -> None:
    page["items"][0]["metadata"]["leadId"] = None


def _a_string(page: dict[str, Any], exchange: Exchange) -> None:
    page["items"][0] = "lead"


def _back_to_here(page: dict[str, Any], exchange: Exchange) -> None:
    """The next page is the one that was asked for."""
    here = dict(exchange.request.query).get("start", page["items"][-1]["metadata"]["leadId"])
    page["links"]["next"] = f"/leads?start={here}"


KINDS: dict[str, Kind] = {
    "lead_without_id": spoiling(_without_id),
    "lead_is_a_string": spoiling(_a_string),
    "repeated_start": spoiling(_back_to_here),
}
