"""UUIDs that come out the same on every machine."""

from __future__ import annotations

import re
from hashlib import blake2b
from uuid import UUID

from portal.sandbox.messages import Refusal

UUID_FORM = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE
)


def identifier(*parts: object) -> str:
    """The same version 4 UUID for the same parts."""
    digest = blake2b(":".join(map(str, parts)).encode(), digest_size=16).digest()
    return str(UUID(bytes=digest, version=4))


def require_uuid(text: str) -> str:
    """The UUID in lower case; raises `Refusal` 400 for anything else, a slug for example."""
    if not UUID_FORM.fullmatch(text):
        raise Refusal(400, "Validation failed (uuid is expected)")
    return text.lower()
