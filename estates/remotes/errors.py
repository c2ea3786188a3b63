"""What can go wrong between us and a remote system, sorted by what helps."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

RAW_LIMIT = 64 * 1024
EVIDENCE_LIMIT = 2_000_000
DEFAULT_WAIT = 30.0
SHORTEST_WAIT = 1.0
LONGEST_WAIT = 3600.0


class Reason(StrEnum):
    """Where on the way a call failed, for those who explain it to people."""

    ADDRESS = "address"  # not a URL that can be asked for
    NAME = "name"  # the server's name is unknown
    NOT_PUBLIC = "not-public"  # it leads into a private network
    CONNECTION = "connection"  # nothing takes connections there
    DROPPED = "dropped"  # the connection ended before the answer
    TIME = "time"  # no complete answer in time
    TLS = "tls"  # no TLS could be agreed on
    CERTIFICATE = "certificate"  # nobody who is trusted vouches for it
    CERTIFICATE_EXPIRED = "certificate-expired"
    CERTIFICATE_NAME = "certificate-name"  # it is another site's
    REDIRECTS = "redirects"  # one leads to the next without end
    REDIRECT = "redirect"  # it leads where nobody may be sent
    BROKEN = "broken"  # what was answered is not HTTP, or is cut short


class RemoteError(Exception):
    """A call to a remote system that did not succeed.

    `message` is ours, in English, for logs. `words` are the remote's own, already free of secrets and control
    characters. `raw` holds the answer's first 64 KiB, secrets masked. `retry_helps` says whether the
    same call may succeed later without anybody changing anything. `reason` is there where no whole answer came;
    `at` is the address of a page that failed, which a redirect may have led to.
    """

    retries_help: ClassVar[bool] = False

    def __init__(
        self,
        message: str,
        *,
        words: str = "",
        status: int | None = None,
        request_id: str = "",
        raw: bytes = b"",
        retry_helps: bool | None = None,
        reason: Reason | None = None,
        at: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.words = words
        self.status = status
        self.request_id = request_id
        self.raw = raw[:RAW_LIMIT]
        self.reason = reason
        self.at = at
        self.retry_helps = self.retries_help if retry_helps is None else retry_helps

    def __str__(self) -> str:
        return f"{self.message}: {self.words}" if self.words else self.message

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r}, status={self.status})"


class Unreachable(RemoteError):
    """No answer in time, no connection, or an answer of the 5xx kind."""

    retries_help = True


class Throttled(RemoteError):
    """The remote, or our own rate limit, asks us to wait `wait` seconds (1 to 3600)."""

    retries_help = True

    def __init__(self, message: str, *, wait: float = DEFAULT_WAIT, **details: object) -> None:
        super().__init__(message, **details)  # type: ignore[arg-type]
        self.wait = min(max(wait, SHORTEST_WAIT), LONGEST_WAIT)


class Unauthorised(RemoteError):
    """401 or 403: the key is wrong, expired, or not allowed to do this."""


class WrongEnvironment(Unauthorised):
    """The key says itself that it is for the other environment. Nothing was sent."""


class Refused(RemoteError):
    """The remote understood and said no; `words` say why."""


class NotFound(Refused):
    """404: the remote knows no such thing."""


class Malformed(RemoteError):
    """An answer that breaks the contract: not JSON, cut short, too large, a redirect, the wrong shape."""


class Unsendable(RemoteError):
    """A file of ours that was to be sent, `name`, is gone or is not as long as it was.

    The remote got no whole request, so it has done nothing; and it is not to blame.
    """

    def __init__(self, message: str, *, name: str = "") -> None:
        super().__init__(message)
        self.name = name


class Untrusted(Malformed):
    """A file that is not what was promised: other bytes than were signed, or an archive that may do harm.

    Of a file with other bytes, `sha256` is what they really have, in hex, `size` how many there were, and
    `body` the first 2 MB of them, keys masked.
    """

    def __init__(self, message: str, *, sha256: str = "", size: int = 0, **details: object) -> None:
        super().__init__(message, **details)  # type: ignore[arg-type]
        self.sha256 = sha256
        self.size = size
        self.body = b""
