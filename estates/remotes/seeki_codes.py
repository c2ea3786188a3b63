"""Seeki's error codes and states (seeki-import.txt, "Error codes" and "Status + retry"), and what helps."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Code(StrEnum):
    """Every documented code. Seeki may send others: in answers they are plain text."""

    MISSING_AUTHORIZATION = "MISSING_AUTHORIZATION"
    INVALID_KEY = "INVALID_KEY"
    SUBSCRIPTION_INACTIVE = "SUBSCRIPTION_INACTIVE"
    PAYLOAD_TOO_LARGE = "PAYLOAD_TOO_LARGE"
    TOO_MANY_ITEMS = "TOO_MANY_ITEMS"
    VALIDATION_FAILED = "VALIDATION_FAILED"
    GEOCODE_ADDRESS_NOT_FOUND = "GEOCODE_ADDRESS_NOT_FOUND"
    GEOCODE_COORDINATES_INVALID = "GEOCODE_COORDINATES_INVALID"
    INFRA_QUEUE_REJECTED = "INFRA_QUEUE_REJECTED"
    INFRA_LOST = "INFRA_LOST"
    INTERNAL_ERROR = "INTERNAL_ERROR"


class Cure(StrEnum):
    """What helps against an error."""

    RESEND = "resend"  # the same listing again, after a while
    RETRY_BY_ID = "retry-by-id"  # the retry endpoint, which takes the id of the import
    SPLIT = "split"  # less in one request
    PERSON = "person"  # somebody has to mend the listing
    ACCOUNT = "account"  # somebody has to mend the key or the subscription


CURES: Mapping[str, Cure] = {
    Code.MISSING_AUTHORIZATION: Cure.ACCOUNT,
    Code.INVALID_KEY: Cure.ACCOUNT,
    Code.SUBSCRIPTION_INACTIVE: Cure.ACCOUNT,
    Code.PAYLOAD_TOO_LARGE: Cure.SPLIT,
    Code.TOO_MANY_ITEMS: Cure.SPLIT,
    Code.VALIDATION_FAILED: Cure.PERSON,
    Code.GEOCODE_ADDRESS_NOT_FOUND: Cure.PERSON,
    Code.GEOCODE_COORDINATES_INVALID: Cure.PERSON,
    Code.INFRA_QUEUE_REJECTED: Cure.RESEND,
    Code.INFRA_LOST: Cure.RETRY_BY_ID,
    Code.INTERNAL_ERROR: Cure.RESEND,
}


class Progress(StrEnum):
    """How far an import has come."""

    DONE = "done"
    FAILED = "failed"
    RUNNING = "running"
    UNKNOWN = "unknown"


STATES: Mapping[Progress, tuple[str, ...]] = {
    Progress.DONE: ("completed", "complete", "succeeded", "success", "published", "done", "imported"),
    Progress.FAILED: ("failed", "rejected", "error", "errored", "cancelled", "canceled", "terminated"),
    Progress.RUNNING: ("queued", "pending", "processing", "running", "in_progress", "accepted", "waiting"),
}
"""Only `completed` is documented; the others are what such systems say (unverified)."""

PROGRESS: Mapping[str, Progress] = {
    **{word: progress for progress, words in STATES.items() for word in words},
    **dict.fromkeys(map(str.lower, Code), Progress.FAILED),
}
"""By a status in lower case with `_` for what separates words. An item may be "in an INFRA_LOST state"."""


def cure_of(code: str) -> Cure:
    """A code that nobody knows is for a person."""
    return CURES.get(code, Cure.PERSON)


def progress_of(status: str) -> Progress:
    words = status.strip().lower().replace("-", "_").replace(" ", "_")
    return PROGRESS.get(words, Progress.UNKNOWN)
