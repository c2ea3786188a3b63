"""Short-lived tokens of remote systems, sealed by the vault in the cache, for all workers together."""

import time

from django.core.cache import cache

from estates.connections.vault import VaultError, seal, unseal
from estates.remotes.aviv_token import Token
from estates.remotes.secret import Secret


class SealedTokens:
    """A `TokenStore`. What cannot be read, for whatever reason, is not there: then a new token is fetched."""

    def get(self, name: str) -> Token | None:
        sealed = cache.get(_key(name))
        try:
            until, _, secret = unseal(sealed).reveal().partition(" ") if sealed else ("", "", "")
            return Token(Secret(secret), float(until)) if secret else None
        except (VaultError, ValueError, TypeError):
            return None

    def put(self, name: str, token: Token) -> None:
        life = int(token.use_until - time.time())
        if life <= 0:
            return
        try:
            sealed = seal(Secret(f"{token.use_until:.0f} {token.secret.reveal()}"))
        except VaultError:
            return  # a vault without keys refuses the connection's own key before anything is called
        cache.set(_key(name), sealed, life)


def _key(name: str) -> str:
    return f"connections.token.{name}"
