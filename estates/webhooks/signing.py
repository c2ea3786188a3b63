"""Signatures by Standard Webhooks (standardwebhooks.com, version 1), for which receivers find ready libraries."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

from estates.remotes.secret import Secret

PREFIX = "whsec_"
BYTES = 32
SHORTEST, LONGEST = 24, 64
"""Bytes of a secret, as the standard asks for."""


def new_secret() -> Secret:
    return Secret(PREFIX + base64.b64encode(secrets.token_bytes(BYTES)).decode())


def headers(secrets_: Sequence[Secret], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """What goes with a message: one signature for each secret, so that a receiver may change over in its own time."""
    stamp = int(at.timestamp())
    signed = f"{message_id}.{stamp}.".encode() + body
    signatures = [hmac.digest(key_of(secret), signed, hashlib.sha256) for secret in secrets_]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(stamp),
        "webhook-signature": " ".join(f"v1,{base64.b64encode(each).decode()}" for each in signatures),
    }


def key_of(secret: Secret) -> bytes:
    """The key in a secret that begins with `whsec_`. Raises ValueError unless it is 24 to 64 bytes in base 64."""
    text = secret.reveal()
    if not text.startswith(PREFIX):
        raise ValueError(f"A secret begins with {PREFIX}")
    key = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    if not SHORTEST <= len(key) <= LONGEST:
        raise ValueError("A secret has 24 to 64 bytes")
    return key
