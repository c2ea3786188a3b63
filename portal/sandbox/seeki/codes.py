"""What Seeki says no with (its guide, "Error codes"). Codes that the guide lacks are marked as invented."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from portal.sandbox.messages import JSON, Answer, Refusal

MISSING_AUTHORIZATION = "MISSING_AUTHORIZATION"
INVALID_KEY = "INVALID_KEY"
SUBSCRIPTION_INACTIVE = "SUBSCRIPTION_INACTIVE"
PAYLOAD_TOO_LARGE = "PAYLOAD_TOO_LARGE"
TOO_MANY_ITEMS = "TOO_MANY_ITEMS"
VALIDATION_FAILED = "VALIDATION_FAILED"
ADDRESS_NOT_FOUND = "GEOCODE_ADDRESS_NOT_FOUND"
COORDINATES_INVALID = "GEOCODE_COORDINATES_INVALID"
QUEUE_REJECTED = "INFRA_QUEUE_REJECTED"
LOST = "INFRA_LOST"
INTERNAL_ERROR = "INTERNAL_ERROR"
NOT_FOUND = "NOT_FOUND"  # invented
NOT_RETRYABLE = "NOT_RETRYABLE"  # invented

RETRYABLE = (LOST, QUEUE_REJECTED)
BY_STATUS = {
    401: INVALID_KEY,
    403: SUBSCRIPTION_INACTIVE,
    404: NOT_FOUND,
    405: NOT_FOUND,
    413: PAYLOAD_TOO_LARGE,
    429: QUEUE_REJECTED,
    500: INTERNAL_ERROR,
    503: INTERNAL_ERROR,
}
WORDS = {
    QUEUE_REJECTED: "The workflow queue rejected the item. Retry after a short delay.",
    LOST: "The workflow was accepted but its result was never recorded.",
    INTERNAL_ERROR: "An unexpected server error occurred.",
    ADDRESS_NOT_FOUND: "The address could not be resolved. Verify street, city and country_code.",
    COORDINATES_INVALID: "The coordinates are outside valid ranges (lat ±90, lng ±180).",
    VALIDATION_FAILED: "One or more required fields are missing or have an invalid value.",
}


class CodedRefusal(Refusal):
    """A refusal of the whole request, with its code and headers."""

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(status, message)
        self.code, self.headers = code, headers or {}


def answer_of(refusal: Refusal) -> Answer:
    """With the refusal's own code, or that of its status."""
    coded = refusal if isinstance(refusal, CodedRefusal) else None
    code = coded.code if coded else BY_STATUS.get(refusal.status, VALIDATION_FAILED)
    body: dict[str, Any] = {"error_code": code, "message": refusal.message}
    return Answer(refusal.status, json.dumps(body).encode(), JSON, coded.headers if coded else {})
