"""The base of every remote client: keyed, bounded, observed calls."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO, ClassVar

import orjson
import requests

from .answers import Answer, Reply, http_date
from .body import pieces
from .deadline import Deadline
from .errors import EVIDENCE_LIMIT, Malformed, RemoteError, Unsendable
from .exchange import Exchange, Patience
from .limits import Limiter
from .metrics import note_call
from .redaction import Redactor
from .replies import ReplyReader, Shape, is_object
from .secret import HeaderKey, Secret
from .session import checked_base, lies_under, open_public_session, open_session
from .upload import Upload

logger = logging.getLogger(__name__)


class RemoteClient:
    """Base of the clients. Every call ends within `patience.total` seconds, in a Reply or in a RemoteError.

    Safe for `pool_size` threads. `limiter` is asked for a turn before each request; `on_answer` hears of each
    call once, when it is over. Resolving a name is up to the system's resolver and its own time-outs.
    """

    system: ClassVar[str] = "The remote"
    key_header: ClassVar[str] = "Authorization"
    key_prefix: ClassVar[str] = ""
    refusal_flags: ClassVar[tuple[str, ...]] = ("success",)
    key_words: ClassVar[frozenset[str]] = frozenset()
    lenient: ClassVar[bool] = False
    reader: ClassVar[type[ReplyReader]] = ReplyReader

    def __init__(
        self,
        base_url: str,
        key: str | Secret,
        *,
        patience: Patience | None = None,
        max_bytes: int = 20_000_000,
        pool_size: int = 10,
        limiter: Limiter | None = None,
        on_answer: Callable[[Answer], None] | None = None,
    ) -> None:
        secret = key if isinstance(key, Secret) else Secret(key)
        self.base_url = checked_base(base_url)
        self.patience = patience or Patience()
        self._secret = secret
        self._auth = HeaderKey(self.key_header, secret, self.key_prefix)
        self._replies = self.reader(
            self.system,
            Redactor([secret]),
            max_bytes,
            self.refusal_flags,
            key_words=self.key_words,
            lenient=self.lenient,
        )
        self._exchange = Exchange(self._replies, self.patience, limiter)
        self._on_answer = on_answer
        self._session = open_session(pool_size=pool_size)
        self._session.hooks["response"].append(self._note_clock)
        self.clock_skew: timedelta | None = None
        """How far the remote's clock is ahead of ours, to a second, by its last answer that told."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.base_url}>"

    def _note_clock(self, response: requests.Response, **_: Any) -> None:
        moment = http_date(response.headers.get("Date"))
        if moment is not None:
            self.clock_skew = moment - datetime.now(UTC)

    def close(self) -> None:
        self._session.close()

    def call(
        self,
        operation: str,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        json: Any = None,
        upload: Upload | None = None,
        retries: int = 0,
        expect: Shape | None = is_object,
        secrets: Sequence[Secret] = (),
        absent: frozenset[int] = frozenset(),
    ) -> Reply:
        """Calls `path`, which starts with a slash or is empty; what comes from outside is in it through `segment`.

        The reply's JSON is checked by `expect`; None accepts any JSON and an empty body.
        `retries` is for what may safely happen twice. `secrets` are those that the call itself carries: like the
        key, they are masked in all that an error tells. A status in `absent` says that there is nothing: its
        reply has no JSON. `upload` is a body with files in it, sent once; Unsendable where one of them is not as
        it was. The call is then given the time that they take.
        """
        request = requests.Request(method, self.base_url + path, params=params)
        if json is not None or upload is not None:
            request.data = orjson.dumps(json) if upload is None else upload
            request.headers = {"Content-Type": "application/json" if upload is None else upload.content_type}
        deadline = self.patience.deadline(upload)

        def attempt(key: HeaderKey, *masked: Secret) -> Reply:
            request.auth = key
            replies = replace(self._replies, redactor=self._redactor(*masked, *secrets), absent=absent)
            exchange = replace(self._exchange, replies=replies)
            reply = exchange.persist(self._session, request, deadline, replies.json(expect), retries)
            if upload is not None and not upload.whole:
                raise self._replies.malformed(reply, "The answer came before everything was sent")
            return reply

        try:
            return self._observed(operation, lambda: self._keyed(attempt, deadline))
        finally:
            if upload is not None:
                upload.close()

    def download(
        self,
        operation: str,
        url: str,
        to: BinaryIO,
        *,
        params: Mapping[str, str],
        sha256: str,
        seconds: float,
        max_bytes: int,
    ) -> Reply:
        """Streams what lies at `url` to the end of `to`; after an error `to` is as long as it was before.

        Raises Untrusted unless the bytes have the hexadecimal digest `sha256`. The key goes along only below
        the base URL; any other address must be public and https.
        """
        keyed = lies_under(url, self.base_url)
        if not keyed and not url.startswith("https://"):
            raise Malformed(f"{self.system} names a file that is neither its own nor on https")
        session = self._session if keyed else open_public_session()
        request = requests.Request("GET", url, params=params, auth=self._auth if keyed else None)
        deadline, start = Deadline(seconds), to.tell()

        def save(response: requests.Response) -> Reply:
            digest, kept, size = hashlib.sha256(), bytearray(), 0
            for piece in pieces(response.raw, max_bytes):
                digest.update(piece)
                to.write(piece)
                kept += piece[: EVIDENCE_LIMIT - len(kept)]
                size += len(piece)
            if digest.hexdigest() != sha256.lower():
                raise self._replies.other_bytes(response, digest.hexdigest(), size, bytes(kept))
            return self._replies.plain(response, b"")

        try:
            return self._observed(operation, lambda: self._exchange.persist(session, request, deadline, save))
        except RemoteError:
            to.seek(start)
            to.truncate()
            raise
        finally:
            if session is not self._session:
                session.close()

    def _keyed(self, attempt: Callable[..., Reply], deadline: Deadline) -> Reply:
        """Calls `attempt` with the key; a system whose keys must first be fetched overrides this."""
        return attempt(self._auth)

    def _redactor(self, *more: Secret) -> Redactor:
        return Redactor([self._secret, *more]) if more else self._replies.redactor

    def _observed(self, operation: str, attempt: Callable[[], Reply]) -> Reply:
        began = time.monotonic()
        try:
            reply = attempt()
        except Unsendable:
            raise  # the remote has answered nothing
        except RemoteError as error:
            self._tell(Answer(operation, error.status, time.monotonic() - began, error.request_id, error))
            raise
        self._tell(Answer(operation, reply.status, time.monotonic() - began, reply.request_id, None))
        return reply

    def _tell(self, answer: Answer) -> None:
        note_call(self.system, answer.seconds, answer.error)
        if self._on_answer is None:
            return
        try:
            self._on_answer(answer)
        except Exception:
            # What the remote has done must not be lost because nobody could note that it answered.
            logger.exception("The observer of %s failed", answer.operation)
