"""What goes to AVIV. Field names and limits as in aviv-seeker-leads-operations.txt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

LONGEST_WINDOW = timedelta(days=7)
PAGE_LIMIT = 100
AUDIT_LIMIT = 100
GENDERS = frozenset({"MALE", "FEMALE", "OTHER", "PREFER_NOT_TO_DISCLOSE"})
LANGUAGES = frozenset({"DE", "EN", "ES", "FR", "HE", "IT", "NL", "PT", "RU"})
STATUSES = frozenset({"ACTIVE", "INACTIVE"})
NAME_LIMIT = 100
CLASSIFIED_ID = re.compile(r"([0-9]{2})([1-9A-NP-Z]{10})", re.ASCII)
EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


def window_params(min_date: datetime, max_date: datetime) -> dict[str, str]:
    """`minDate` and `maxDate` in whole seconds. Raises ValueError beyond 7 days, or for a naive date.

    Ingestion dates are whole seconds, so cutting both off loses nothing.
    """
    if min_date.tzinfo is None or max_date.tzinfo is None:
        raise ValueError("A window needs dates with a time zone")
    if not timedelta(0) <= max_date - min_date <= LONGEST_WINDOW:
        raise ValueError("A window ends after it begins, at most 7 days later")
    return {"minDate": str(int(min_date.timestamp())), "maxDate": str(int(max_date.timestamp()))}


def windows(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Windows of at most 7 days, oldest first, each beginning in the second in which the one before ends."""
    while since < until:
        end = min(since + LONGEST_WINDOW, until)
        yield since, end
        since = end


@dataclass(frozen=True, slots=True)
class NewPhone:
    number: str
    type: str = ""

    def payload(self) -> dict[str, str]:
        return {"number": self.number} | ({"type": self.type} if self.type else {})


@dataclass(frozen=True, slots=True)
class NewLead:
    """The document's createLeadRequest. `payload` raises ValueError for what its schema refuses."""

    last_name: str
    email: str
    phones: tuple[NewPhone, ...]
    message: str
    classified_id: str
    submitted_at: datetime
    first_name: str = ""
    gender: str = ""
    language: str = ""

    def payload(self) -> dict[str, Any]:
        for complaint, broken in self._checks().items():
            if broken:
                raise ValueError(complaint)
        submitted = self.submitted_at.astimezone(UTC).isoformat(timespec="milliseconds")
        optional = {"firstName": self.first_name, "gender": self.gender, "language": self.language}
        return {
            "lastName": self.last_name,
            "email": self.email,
            "phoneNumbers": [phone.payload() for phone in self.phones],
            "message": self.message,
            "classifiedId": self.classified_id,
            "submittedDate": submitted.replace("+00:00", "Z"),
        } | {name: value for name, value in optional.items() if value}

    def _checks(self) -> dict[str, bool]:
        return {
            "A last name has 1 to 100 characters": not 1 <= len(self.last_name.strip()) <= NAME_LIMIT,
            "A first name has at most 100 characters": len(self.first_name) > NAME_LIMIT,
            "A lead needs an email address": not EMAIL.fullmatch(self.email),
            "A lead needs a telephone number": not self.phones or not all(p.number for p in self.phones),
            "A lead needs a message": not self.message.strip(),
            "A classified id has two digits, then ten of 1-9, A-N and P-Z": not CLASSIFIED_ID.fullmatch(
                self.classified_id
            ),
            "AVIV knows no such gender": bool(self.gender) and self.gender not in GENDERS,
            "AVIV knows no such language": bool(self.language) and self.language not in LANGUAGES,
            "The date of a lead needs a time zone": self.submitted_at.tzinfo is None,
        }
