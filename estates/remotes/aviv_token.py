"""How a call to AVIV is authorised: by a bearer token as it is, or by one that credentials are exchanged for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Protocol

import orjson

from .errors import Malformed, Unreachable
from .secret import Secret

PARTS = ("client_id", "client_secret", "intermediary_id")
TOKEN_LIMIT = 8_000
# Seconds. Without a word on its end a token is used for a short while only; none is kept longer than a day.
UNSTATED_LIFE, LONGEST_LIFE = 300.0, 86_400.0
# A token is not used in the last minute, or in the last tenth of a short life: it could end on the way.
LAST_SECONDS, LAST_SHARE = 60.0, 0.1


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token and until when to use it, in seconds since 1970."""

    secret: Secret
    use_until: float


class TokenStore(Protocol):
    """Where tokens wait for their next use. They are secrets: a store outside of the process seals them.

    `name` tells credentials apart and gives nothing away. Neither method raises: a store that cannot be
    reached has nothing, and keeps nothing.
    """

    def get(self, name: str) -> Token | None: ...

    def put(self, name: str, token: Token) -> None: ...


class OwnTokens:
    """The tokens of one client, for its threads."""

    def __init__(self) -> None:
        self._tokens: dict[str, Token] = {}

    def get(self, name: str) -> Token | None:
        return self._tokens.get(name)

    def put(self, name: str, token: Token) -> None:
        self._tokens[name] = token


@dataclass(frozen=True, slots=True)
class AvivCredential:
    """A stored key: either `token` alone, or the three parts of client credentials."""

    token: Secret | None = None
    client_id: str = ""
    client_secret: Secret | None = None
    intermediary_id: str = ""

    @classmethod
    def parse(cls, secret: Secret) -> AvivCredential:
        """Reads a bare token, or JSON text with client_id, client_secret and intermediary_id.

        Raises ValueError, without quoting any of it.
        """
        text = secret.reveal()
        if not text.startswith("{"):
            return cls(token=Secret(text.removeprefix("Bearer ").strip()))
        try:
            parts = orjson.loads(text)
        except orjson.JSONDecodeError:
            raise ValueError("The credentials begin like JSON but are not readable as JSON") from None
        for name in PARTS:
            if not isinstance(parts.get(name), str) or not parts[name].strip():
                raise ValueError(
                    f"The credentials need client_id, client_secret and intermediary_id: no {name}"
                )
        if unknown := sorted(set(parts) - {*PARTS}):
            raise ValueError(f"The credentials have {len(unknown)} more fields than are understood")
        return cls(None, parts["client_id"], Secret(parts["client_secret"]), parts["intermediary_id"])

    @property
    def secrets(self) -> tuple[Secret, ...]:
        return tuple(secret for secret in (self.token, self.client_secret) if secret is not None)

    def request(self, audience: str) -> dict[str, str]:
        """The body that is exchanged for a token (READINGS: the token URL)."""
        if self.client_secret is None:
            raise ValueError("A token that never changes is not exchanged")
        return {
            "client_id": self.client_id,
            "client_secret": self.client_secret.reveal(),
            "grant_type": "client_credentials",
            "audience": audience,
            "intermediary_id": self.intermediary_id,
        }

    def name(self, audience: str, token_url: str) -> str:
        """Of what a token may be shared: a digest, so that it can stand in a cache's key or a log."""
        whole = orjson.dumps([token_url, *self.request(audience).values()])
        return blake2b(whole, digest_size=16).hexdigest()


@dataclass(slots=True)
class Bearer:
    """The token of some credentials. `fetch(seconds)` gets one within so many seconds, or raises RemoteError."""

    name: str
    store: TokenStore
    fetch: Callable[[float], Token] = field(repr=False)
    _fetching: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def kept(self) -> Token | None:
        """A token that may still be used."""
        token = self.store.get(self.name)
        return token if token is not None and token.use_until > time.time() else None

    def fresh(self, seconds: float, instead_of: Token | None = None) -> Token:
        """A new token: fetched, or another thread's that came meanwhile and is not the one that was refused."""
        began = time.monotonic()
        if not self._fetching.acquire(timeout=max(0.0, seconds)):
            raise Unreachable("No token in time")
        try:
            token = self.kept()
            if token is None or (instead_of and token.secret.reveal() == instead_of.secret.reveal()):
                token = self.fetch(seconds - (time.monotonic() - began))
                self.store.put(self.name, token)
            return token
        finally:
            self._fetching.release()


def parse_token(answer: Mapping[str, Any]) -> Token:
    """Reads `{access_token, expires_in}`. Raises Malformed where there is no usable token."""
    value, life = answer.get("access_token"), answer.get("expires_in")
    if not isinstance(value, str) or len(value) > TOKEN_LIMIT:
        raise Malformed("The answer holds no access token")
    try:
        secret = Secret(value)
    except ValueError:
        raise Malformed("The access token cannot stand in a header") from None
    usable = isinstance(life, (int, float)) and not isinstance(life, bool) and life > 0
    seconds = min(float(life), LONGEST_LIFE) if usable else UNSTATED_LIFE  # type: ignore[arg-type]
    return Token(secret, time.time() + seconds - min(LAST_SECONDS, seconds * LAST_SHARE))
