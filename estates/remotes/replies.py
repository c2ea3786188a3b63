"""From a streamed HTTP response to a Reply, or to the RemoteError that it stands for."""

from __future__ import annotations

import http.client
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import requests
import urllib3

from .answers import Reply, error_type, read_json, redirect_words, request_id, retry_after
from .body import pieces
from .errors import (
    EVIDENCE_LIMIT,
    RAW_LIMIT,
    Malformed,
    NotFound,
    Refused,
    RemoteError,
    Throttled,
    Unauthorised,
    Untrusted,
)
from .redaction import Redactor
from .transport import transport_error
from .words import tidy, words_of

logger = logging.getLogger(__name__)

# A little more than is kept, so that a key across the cut is seen, and masked, whole.
PARTIAL_LIMIT = RAW_LIMIT + 4096
TRANSPORT = (requests.RequestException, urllib3.exceptions.HTTPError, http.client.HTTPException, OSError)

Reader = Callable[[requests.Response], Reply]
Shape = Callable[[Any], bool]


def is_object(answer: Any) -> bool:
    return isinstance(answer, dict)


@dataclass(frozen=True, slots=True)
class ReplyReader:
    """Reads the responses of one system, whose `flags` are the JSON fields that mean a refusal when false.

    A refusal in one of `key_words` (in lower case) is about the key, whatever its status. `lenient` reads answers
    that are not quite JSON as far as they can be read.
    A status in `absent` says that there is nothing, unless a web page comes with it.
    """

    system: str
    redactor: Redactor
    max_bytes: int
    flags: tuple[str, ...]
    key_words: frozenset[str] = frozenset()
    lenient: bool = False
    absent: frozenset[int] = frozenset()

    def check_status(self, response: requests.Response) -> None:
        """Raises the RemoteError that a status other than 2xx stands for."""
        status, headers = response.status_code, response.headers
        kind = error_type(status, headers)
        if kind is None or status in self.absent:
            return
        raw = self._partial(response)
        if 300 <= status < 400:
            moved = Malformed(f"{self.system} redirected the call")
            raise self.completed(moved, response, raw, redirect_words(headers.get("Location")))
        message = f"{self.system} answered {status}"
        if issubclass(kind, Throttled):
            raise self.completed(kind(message, wait=retry_after(headers.get("Retry-After"))), response, raw)
        raise self.completed(kind(message), response, raw)

    def json(self, expect: Shape | None) -> Reader:
        """A reader of JSON for which `expect` is true; None accepts any JSON and an empty body."""

        def read(response: requests.Response) -> Reply:
            got = bytearray()
            try:
                for piece in pieces(response.raw, self.max_bytes):
                    got += piece
                return self.plain(response, bytes(got), self._parsed(response, bytes(got), expect))
            except TRANSPORT as failure:
                error = transport_error(failure)
            except RemoteError as failure:
                error = failure
            raise self.completed(error, response, bytes(got[:PARTIAL_LIMIT]))

        return read

    def plain(self, response: requests.Response, body: bytes, answer: Any = None) -> Reply:
        return Reply(response.status_code, self._request_id(response), body, answer)

    def completed(
        self, error: RemoteError, response: requests.Response, raw: bytes, words: str | None = None
    ) -> RemoteError:
        """The error with what the response tells: status, request id, words, raw bytes; keys masked."""
        said = words_of(raw, self.redactor) if words is None else tidy(words, self.redactor)
        if isinstance(error, Refused) and said.lower() in self.key_words:
            error = Unauthorised(error.message)
        error.status = response.status_code
        error.request_id = self._request_id(response)
        error.raw = self.redactor.bytes(raw)[:RAW_LIMIT]
        error.words = said
        return error

    def other_bytes(self, response: requests.Response, sha256: str, size: int, kept: bytes) -> RemoteError:
        """The error for a file that is not the one that was signed; it has no words, whatever its bytes say."""
        error = Untrusted("The file is not the one that was signed", sha256=sha256, size=size)
        error.body = self.redactor.bytes(kept)[:EVIDENCE_LIMIT]
        return self.completed(error, response, kept[:PARTIAL_LIMIT], words="")

    def malformed(self, reply: Reply, message: str) -> Malformed:
        """The error for a reply whose JSON breaks the contract deeper inside."""
        raw = reply.body[:PARTIAL_LIMIT]
        masked, words = self.redactor.bytes(raw), words_of(raw, self.redactor)
        return Malformed(message, words=words, status=reply.status, request_id=reply.request_id, raw=masked)

    def _parsed(self, response: requests.Response, body: bytes, expect: Shape | None) -> Any:
        if response.status_code in self.absent:
            if body.lstrip()[:1] == b"<":
                raise NotFound(f"{self.system} answered {response.status_code}")
            return None
        if expect is None and not body.strip():
            return None
        answer = read_json(body, response.headers.get("Content-Type", ""), self.lenient)
        if isinstance(answer, dict) and any(answer.get(flag) is False for flag in self.flags):
            raise Refused(f"{self.system} refused")
        if expect is not None and not expect(answer):
            raise Malformed("The answer's JSON is not of the documented shape")
        return answer

    def _partial(self, response: requests.Response) -> bytes:
        """As much of an error's body as can be had; the status has already said what matters."""
        got = bytearray()
        try:
            for piece in pieces(response.raw, PARTIAL_LIMIT):
                got += piece
        except (*TRANSPORT, Malformed) as failure:
            logger.debug("The body of an error is incomplete: %s", type(failure).__name__)
        return bytes(got)

    def _request_id(self, response: requests.Response) -> str:
        return tidy(request_id(response.headers), self.redactor)[:100]
