"""Calls to AVIV with a token, fetched for credentials where the key is not a token itself."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from hashlib import blake2b
from typing import Any

import orjson
import requests

from .answers import Answer, Reply
from .aviv_token import AvivCredential, Bearer, OwnTokens, Token, TokenStore, parse_token
from .base import RemoteClient
from .deadline import Deadline
from .errors import Malformed, Refused, Unauthorised
from .exchange import Exchange
from .redaction import Redactor
from .replies import ReplyReader, is_object
from .secret import HeaderKey, Secret
from .session import checked_base

logger = logging.getLogger(__name__)

TOKEN_BYTES = 64 * 1024
KEPT_REDACTORS = 8
# OAuth's words for credentials that are not accepted, which may come with a 400 (RFC 6749, 5.2).
WRONG_CREDENTIALS = ("invalid_client", "invalid_grant", "unauthorized_client", "access_denied")


class AuthorisedClient(RemoteClient):
    """`key` is a token, or client credentials as `AvivCredential.parse` reads them.

    Credentials are exchanged at `token_url` for a token, which `tokens` keeps for others with the same
    credentials. Raises ValueError for a key that is neither. All clients together may have ten calls under way
    and start ten in 200 ms, which `limiter` has to keep.
    """

    system = "AVIV"
    key_prefix = "Bearer "
    refusal_flags = ()
    lenient = True

    def __init__(
        self,
        base_url: str,
        key: str | Secret,
        *,
        token_url: str = "",
        tokens: TokenStore | None = None,
        **options: Any,
    ) -> None:
        credential = AvivCredential.parse(key if isinstance(key, Secret) else Secret(key))
        super().__init__(base_url, credential.secrets[0], **options)
        self._bearer: Bearer | None = None
        self._redactors: dict[bytes, Redactor] = {}
        if credential.client_secret is not None:
            self._credential, self._token_url = credential, checked_base(token_url)
            name = credential.name(self.base_url, self._token_url)
            self._bearer = Bearer(name, tokens or OwnTokens(), self._fetched)

    def _keyed(self, attempt: Callable[..., Reply], deadline: Deadline) -> Reply:
        """With credentials: one new token where the kept one is refused, as its end may have come early."""
        if self._bearer is None:
            return attempt(self._auth)
        kept = self._bearer.kept()
        if kept is not None:
            try:
                return attempt(HeaderKey(self.key_header, kept.secret, self.key_prefix), kept.secret)
            except Unauthorised as refused:
                if refused.status != 401:
                    raise
        fresh = self._bearer.fresh(deadline.remaining(), instead_of=kept)
        return attempt(HeaderKey(self.key_header, fresh.secret, self.key_prefix), fresh.secret)

    def _fetched(self, seconds: float) -> Token:
        """READINGS, AVIV token: credentials for a token, in JSON. Asking twice does no harm."""
        replies = ReplyReader("AVIV's token service", Redactor(self._credential.secrets), TOKEN_BYTES, ())
        body = orjson.dumps(self._credential.request(self.base_url))
        request = requests.Request("POST", self._token_url, {"Content-Type": "application/json"}, data=body)
        exchange, read = Exchange(replies, self.patience, None), replies.json(is_object)
        try:
            return parse_token(
                exchange.persist(self._session, request, Deadline(seconds), read, retries=1).json
            )
        except Refused as refused:
            if not _is_about_credentials(refused):
                raise
            details = {name: getattr(refused, name) for name in ("words", "status", "request_id", "raw")}
            error = Unauthorised("AVIV does not accept the credentials", **details)
        raise error

    def _redactor(self, *more: Secret) -> Redactor:
        """Kept, because taking a token of a thousand characters apart costs as much as a call."""
        which = blake2b("\n".join(secret.reveal() for secret in more).encode()).digest()
        redactor = self._redactors.get(which)
        if redactor is None:
            if len(self._redactors) >= KEPT_REDACTORS:
                self._redactors.clear()
            redactor = self._redactors[which] = super()._redactor(*more)
        return redactor

    def _malformed(self, reply: Reply, message: str, *secrets: Secret) -> Malformed:
        """The error for a reply that breaks the contract deeper inside, with the token masked as well."""
        kept = self._bearer.kept() if self._bearer else None
        redactor = self._redactor(*([kept.secret] if kept else []), *secrets)
        return replace(self._replies, redactor=redactor).malformed(reply, message)

    def _tell(self, answer: Answer) -> None:
        level = logging.INFO if answer.error else logging.DEBUG
        logger.log(level, "%s: %s, traceparent %s", answer.operation, answer.status, answer.request_id)
        super()._tell(answer)


def _is_about_credentials(refused: Refused) -> bool:
    try:
        answer = orjson.loads(refused.raw)
    except orjson.JSONDecodeError:
        return False
    return is_object(answer) and answer.get("error") in WRONG_CREDENTIALS
