"""The request bodies of Ts-Immo, checked field by field against the document's tables."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlsplit

from portal.sandbox.messages import Refusal, Request

Check = Callable[[Any], str | None]
DOMAIN = re.compile(
    r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,62}", re.ASCII | re.IGNORECASE
)

BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")


def text(most: int = 20_000) -> Check:
    def check(value: Any) -> str | None:
        fits = isinstance(value, str) and value.strip() and len(value) <= most
        return None if fits else f"must be a string of 1 to {most} characters"

    return check


def one_of(*choices: str) -> Check:
    return lambda value: (
        None if value in choices else f"must be one of the following values: {', '.join(choices)}"
    )


def mail(value: Any) -> str | None:
    fits = isinstance(value, str) and len(value) <= 254 and re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value)
    return None if fits else "must be an email"


def domain(value: Any) -> str | None:
    return None if isinstance(value, str) and DOMAIN.fullmatch(value) else "must be a domain name"


def web_address(value: Any) -> str | None:
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
    except ValueError:
        parts = None
    fits = parts and parts.scheme in ("http", "https") and parts.hostname and len(value) <= 2_000
    return None if fits else "must be a URL address"


def anything(kind: type) -> Check:
    return lambda value: None if isinstance(value, kind) else f"must be {NAMES[kind]}"


def base64_text(value: Any) -> str | None:
    # By a pattern, because decoding it all would hold a second copy of what may be very long.
    fits = isinstance(value, str) and len(value) % 4 == 0 and BASE64.fullmatch(value)
    return None if fits else "must be base64 encoded"


def nested(shape: Shape) -> Check:
    return lambda value: "; ".join(complaints(value, shape)) or None


def each(check: Check) -> Check:
    def check_all(value: Any) -> str | None:
        if not isinstance(value, list):
            return "must be an array"
        return next((f"[{at}] {found}" for at, item in enumerate(value) if (found := check(item))), None)

    return check_all


NAMES: dict[type, str] = {dict: "an object", list: "an array"}
Shape = dict[str, tuple[bool, Check]]
REPORTER: Shape = {
    "username": (True, text(200)),
    "mail": (True, mail),
    "display_name": (True, text(200)),
}
ATTACHMENT: Shape = {
    "filename": (True, text(255)),
    "mime_type": (True, text(127)),
    "content_base64": (True, base64_text),
}
PHONE: Shape = {"number": (True, text(40)), "type": (False, text(40))}
BUYER: Shape = {
    "streamId": (True, text(100)),
    "civility": (False, one_of("MR", "MS")),
    "firstname": (False, text(200)),
    "lastname": (False, text(200)),
    "type": (False, one_of("PERSON", "COMPANY")),
    "companyName": (False, text(200)),
    "mail": (False, mail),
    "secondaryMail": (False, mail),
    "phones": (False, each(nested(PHONE))),
    "message": (False, text()),
    "internalNote": (False, text()),
    "lang": (False, one_of("fr", "en")),
    "location": (False, anything(dict)),
    "preferences": (False, each(anything(dict))),
}
PUBLIC_URL: Shape = {"url": (True, web_address)}
TICKET: Shape = {
    "domain": (True, domain),
    "subject": (True, text(255)),
    "message": (True, text()),
    "reporter": (True, nested(REPORTER)),
    "attachments": (False, each(nested(ATTACHMENT))),
}
COMMENT: Shape = {"comment": (True, text()), "reporter": (True, nested(REPORTER))}
ACTIVATION: Shape = {
    "domain": (True, domain),
    "plugin_auth_key": (True, text(200)),
    "theme_id": (False, text(100)),
}
DEACTIVATION: Shape = {"domain": (True, domain)}


def complaints(value: object, shape: Shape) -> list[str]:
    """One message for each field that is missing, unknown or wrong; an optional field may be null."""
    if not isinstance(value, dict):
        return ["must be an object"]
    found = [f"property {name[:60]} should not exist" for name in value if name not in shape]
    for name, (required, check) in shape.items():
        if value.get(name) is None:
            if required:
                found.append(f"{name} should not be empty")
        elif message := check(value[name]):
            found.append(f"{name} {message}")
    return found


def read(request: Request, shape: Shape) -> dict[str, Any]:
    """The JSON object in the body; raises `Refusal` 400 with every complaint."""
    body = request.json()
    if messages := complaints(body, shape):
        raise Refusal(400, messages)
    return cast(dict[str, Any], body)


def require_no_body(request: Request) -> None:
    if request.body.strip() not in (b"", b"{}"):
        raise Refusal(400, ["body should be empty"])


def query_domain(request: Request) -> str:
    """The `domain` parameter, the only one; raises `Refusal` 400 without it."""
    messages = [f"property {name[:60]} should not exist" for name, _ in request.query if name != "domain"]
    given = [value for name, value in request.query if name == "domain"]
    if len(given) != 1 or domain(given[0]):
        messages.append("domain must be a domain name")
    if messages:
        raise Refusal(400, messages)
    return given[0].lower()
