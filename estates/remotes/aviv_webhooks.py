"""Reading AVIV's call to our webhook. Its payload and the header with the key are unpublished: be tolerant."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from hashlib import sha256

import orjson

from .aviv_fields import Field, lead_id, read_field
from .secret import Secret

BODY_LIMIT = 64 * 1024
LEAD_ID = Field(
    "lead_id",
    lead_id,
    (
        ("leadId",),
        ("lead_id",),
        ("metadata", "leadId"),
        ("lead", "leadId"),
        ("lead", "metadata", "leadId"),
        ("lead", "id"),
        ("data", "leadId"),
        ("data", "metadata", "leadId"),
        ("payload", "leadId"),
        ("detail", "leadId"),
    ),
)


def lead_id_of(body: bytes) -> str | None:
    """The lead that a payload names. None where it names none, or several: then the last days are read again."""
    try:
        value = orjson.loads(body) if len(body) <= BODY_LIMIT else None
    except orjson.JSONDecodeError:
        return None
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    found: str | None = read_field(LEAD_ID, value)
    return found


def key_of(headers: Mapping[str, str]) -> str | None:
    """The key that a call carries: in `Authorization`, as Bearer or bare, else in `x-api-key`."""
    given = {name.lower(): value.strip() for name, value in headers.items()}
    scheme, _, rest = given.get("authorization", "").partition(" ")
    key = scheme if not rest else rest.strip() if scheme.lower() == "bearer" else ""
    return key or given.get("x-api-key") or None


def key_matches(headers: Mapping[str, str], key: Secret) -> bool:
    """Whether a call carries `key`, compared in constant time."""
    return hmac.compare_digest((key_of(headers) or "").encode(), key.reveal().encode())


def signature_ok(body: bytes, header: str, secret: Secret) -> bool:
    """Whether `X-Signature` is the hexadecimal HMAC-SHA256 of the body, compared in constant time."""
    expected = hmac.new(secret.reveal().encode(), body, sha256).hexdigest()
    given = header.strip().lower().removeprefix("sha256=")
    return hmac.compare_digest(given.encode(), expected.encode())
