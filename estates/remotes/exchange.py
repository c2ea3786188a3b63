"""One request, or some if it may be repeated, before a deadline."""

from __future__ import annotations

import random
import time
from collections.abc import Sized
from dataclasses import dataclass

import requests

from .answers import Reply
from .deadline import Deadline, current_deadline
from .errors import Malformed, RemoteError, Throttled
from .limits import Limiter
from .replies import TRANSPORT, Reader, ReplyReader
from .transport import transport_error

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: for a connection, for silence between two bytes, and for the whole call with its retries.

    A call with files gets `total` and as much more as they take at `upload` bytes a second.
    """

    connect: float = 5.0
    read: float = 20.0
    total: float = 30.0
    upload: float = 500_000.0

    def deadline(self, upload: Sized | None = None) -> Deadline:
        if upload is None:
            return Deadline(self.total)
        return Deadline(self.total + len(upload) / self.upload, piece=self.read)


@dataclass(frozen=True, slots=True)
class Exchange:
    """How requests of one client go out."""

    replies: ReplyReader
    patience: Patience
    limiter: Limiter | None

    def persist(
        self,
        session: requests.Session,
        request: requests.Request,
        deadline: Deadline,
        read: Reader,
        retries: int = 0,
    ) -> Reply:
        """Sends up to `retries` more times while that may help and the deadline leaves room for the pause."""
        attempt = 0
        while True:
            try:
                return self.once(session, request, deadline, read)
            except RemoteError as error:
                pause = error.wait if isinstance(error, Throttled) else _pause(attempt)
                if attempt >= retries or not error.retry_helps or pause >= deadline.remaining():
                    raise
            time.sleep(pause)
            attempt += 1

    def once(
        self, session: requests.Session, request: requests.Request, deadline: Deadline, read: Reader
    ) -> Reply:
        """Sends one request in a turn of its own and reads its response. Raises RemoteError."""
        if self.limiter is None:
            return self._sent(session, request, deadline, read)
        with self.limiter.turn(max(0.0, deadline.remaining())):
            return self._sent(session, request, deadline, read)

    def _sent(
        self, session: requests.Session, request: requests.Request, deadline: Deadline, read: Reader
    ) -> Reply:
        token = current_deadline.set(deadline)
        try:
            prepared = session.prepare_request(request)
            timeout = (min(self.patience.connect, deadline.left()), self.patience.read)
            with session.send(prepared, stream=True, allow_redirects=False, timeout=timeout) as response:
                self.replies.check_status(response)
                return read(response)
        except TRANSPORT as failure:
            error = transport_error(failure)
        except RemoteError as failure:
            error = failure
        finally:
            current_deadline.reset(token)
        if isinstance(error, Malformed):
            # What arrives beyond a wrong Content-Length would pass for the beginning of the next answer.
            session.close()
        # Raised here, without context or traceback: the frames below hold the request and its headers.
        raise error.with_traceback(None)


def _pause(attempt: int) -> float:
    return min(FIRST_PAUSE * 2.0**attempt, LONGEST_PAUSE) * random.uniform(0.5, 1.0)  # noqa: S311
