"""What AVIV takes and gives: bodies and parameters checked against its pages, answers in its format."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import urlsplit
from uuid import uuid4

from portal.sandbox.messages import JSON, Answer, Refusal, Request

Check = Callable[[Any], str | None]
Shape = dict[str, tuple[bool, Check]]
PROBLEM = "application/problem+json"
CLASSIFIED_ID = re.compile(r"([0-9]{2})([1-9A-NP-Z]{10})", re.ASCII)
PHONE = re.compile(r"[+]?[0-9() /.\-]{6,21}[0-9]", re.ASCII)
MAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
WEEK = 7 * 86_400
GENDERS = ("MALE", "FEMALE", "OTHER", "PREFER_NOT_TO_DISCLOSE")
LANGUAGES = ("DE", "EN", "ES", "FR", "HE", "IT", "NL", "PT", "RU")
STATUSES = ("ACTIVE", "INACTIVE")


def text(least: int = 0, most: int = 20_000) -> Check:
    def check(value: Any) -> str | None:
        fits = isinstance(value, str) and least <= len(value) <= most
        return None if fits else f"must be a string of {least} to {most} characters"

    return check


def matching(pattern: re.Pattern[str], complaint: str) -> Check:
    return lambda value: None if isinstance(value, str) and pattern.fullmatch(value) else complaint


def one_of(*choices: str) -> Check:
    return lambda value: None if value in choices else f"must be one of {', '.join(choices)}"


def moment(value: Any) -> str | None:
    try:
        fits = isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        fits = False
    return None if fits else "must be a date-time"


def web_address(value: Any) -> str | None:
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
        fits = parts is not None and parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        fits = False
    return None if fits else "must be a url"


def phones(value: Any) -> str | None:
    if not isinstance(value, list) or not value:
        return "must be an array of at least 1 item"
    return next(("; ".join(found) for item in value if (found := complaints(item, PHONE_NUMBER))), None)


PHONE_NUMBER: Shape = {
    "type": (False, one_of("MOBILE", "LANDLINE")),
    "number": (True, matching(PHONE, "must match the pattern of a phone number")),
}
LEAD: Shape = {
    "firstName": (False, text(1, 100)),
    "lastName": (True, text(1, 100)),
    "gender": (False, one_of(*GENDERS)),
    "email": (True, matching(MAIL, "must be an email")),
    "language": (False, one_of(*LANGUAGES)),
    "phoneNumbers": (True, phones),
    "message": (True, text()),
    "classifiedId": (True, matching(CLASSIFIED_ID, "must match ^([0-9]{2})([1-9A-NP-Z]{10})$")),
    "submittedDate": (True, moment),
}
NEW_SUBSCRIPTION: Shape = {
    "url": (True, web_address),
    "apiKey": (True, text(1, 500)),
    "status": (False, one_of(*STATUSES)),
}
CHANGED_SUBSCRIPTION: Shape = {"apiKey": (False, text(1, 500)), "status": (False, one_of(*STATUSES))}


def complaints(value: object, shape: Shape) -> list[str]:
    """One message for each field that is missing, unknown or wrong. Null is not the same as left out."""
    if not isinstance(value, dict):
        return ["must be an object"]
    found = [f"{name[:60]} is not allowed" for name in value if name not in shape]
    for name, (required, check) in shape.items():
        if name not in value:
            if required:
                found.append(f"{name} is required")
        elif message := check(value[name]):
            found.append(f"{name} {message}")
    return found


def read(request: Request, shape: Shape) -> dict[str, Any]:
    """The JSON object in the body; raises `Refusal` 415 for another type, 400 with every complaint."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise Refusal(415, "Content-Type must be application/json")
    body = request.json()
    if messages := complaints(body, shape):
        raise Refusal(400, messages)
    return cast(dict[str, Any], body)


def numbers(request: Request, shape: dict[str, tuple[int, int, int | None]]) -> dict[str, int]:
    """Whole-number parameters: `shape` has least, most and default of each. Other parameters stay aside."""
    given = dict(request.query)
    if len(given) < len(request.query):
        raise Refusal(400, "a parameter is given twice")
    found: dict[str, int] = {}
    for name, (least, most, default) in shape.items():
        value = given.get(name)
        if value is None and default is not None:
            found[name] = default
        elif value is None or not re.fullmatch(r"[0-9]{1,10}", value, re.ASCII):
            raise Refusal(400, f"{name} must be an integer")
        elif not least <= int(value) <= most:
            raise Refusal(400, f"{name} must be from {least} to {most}")
        else:
            found[name] = int(value)
    return found


def allow(request: Request, *names: str) -> None:
    """Raises `Refusal` 400 for a parameter that no page names."""
    for name, _ in request.query:
        if name not in names:
            raise Refusal(400, f"unknown parameter {name[:60]}")


def answered(value: object, status: int = 200, content_type: str = JSON) -> Answer:
    trace = uuid4().hex
    headers = {"traceparent": f"00-{trace}-{trace[:16]}-01"}
    if status == 429:
        headers["Retry-After"] = "1"
    return Answer(status, json.dumps(value, ensure_ascii=False).encode(), content_type, headers)


def problem(refusal: Refusal) -> Answer:
    """RFC 7807."""
    detail = refusal.message if isinstance(refusal.message, str) else "; ".join(refusal.message)
    body = {
        "type": "about:blank",
        "title": HTTPStatus(refusal.status).phrase,
        "detail": detail,
        "instance": f"urn:uuid:{uuid4()}",
        "status": refusal.status,
    }
    return answered(body, refusal.status, PROBLEM)
