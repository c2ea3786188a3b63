"""Seeki's answers: in the guide's dialect, or in that of its OpenAPI page where the spell of the call wants it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from portal.sandbox.messages import Answer, json_answer
from portal.sandbox.seeki import codes, spells
from portal.sandbox.seeki.account import Account
from portal.sandbox.seeki.items import Item, Outcome
from portal.sandbox.seeki.judging import Complaint


def import_answer(outcomes: Sequence[Outcome]) -> Answer:
    spell = spells.current()
    other = spell.kind == spells.OTHER_DIALECT
    accepted = [_accepted(outcome.item, other) for outcome in outcomes if outcome.item]
    rejected = [
        _other_rejected(outcome, complaint, spell.word) if other else _rejected(outcome, complaint)
        for outcome in outcomes
        if (complaint := outcome.complaint)
    ]
    if spell.kind == spells.HALF_ANSWER:
        accepted = accepted[(len(accepted) + 1) // 2 if spell.count is None else spell.count :]
    if spell.kind == spells.DUPLICATE_ANSWER:
        accepted, rejected = accepted * 2, rejected * 2
    body: dict[str, Any] = {"accepted": accepted, "rejected": rejected}
    if other:
        first = next((outcome.item.number for outcome in outcomes if outcome.item), 0)
        body = {"batch_id": first} | body
    return json_answer(body)


def status_answer(account: Account, item: Item) -> Answer:
    other = spells.current().kind == spells.OTHER_DIALECT
    status = item.status(account.clock.now())
    body: dict[str, Any] = _accepted(item, other) | {"status": status, "listing_id": item.listing_id or None}
    if status == "failed":
        body |= {"error_code": item.code, "message": codes.WORDS.get(item.code, "The import failed.")}
    return json_answer(body)


def _accepted(item: Item, other: bool) -> dict[str, Any]:
    return {"external_id": item.external_id, "import_item_id": item.number if other else item.id}


def _rejected(outcome: Outcome, complaint: Complaint) -> dict[str, Any]:
    return {
        "external_id": outcome.external_id,
        "error_code": complaint.code,
        "message": complaint.message,
    }


def _other_rejected(outcome: Outcome, complaint: Complaint, how: str) -> dict[str, Any]:
    path = ".".join(filter(None, ("listings", str(outcome.position), complaint.path)))
    if how == "brackets":
        path = re.sub(r"\.(\d+)", r"[\1]", path)
    error = {"path": path, "message": complaint.words or codes.WORDS[complaint.code]}
    said: dict[str, Any] = {"external_id": None, "errors": [error]}
    return said if complaint.code == codes.VALIDATION_FAILED else said | {"error_code": complaint.code}
