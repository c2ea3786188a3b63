"""What a failed transport means for the caller."""

from __future__ import annotations

import http.client

import requests
import urllib3

from .deadline import NotPublic
from .errors import Malformed, RemoteError, Unreachable

# The first that applies counts. The exceptions' own texts are never used: they quote the request.
TRANSPORT_FAILURES: tuple[tuple[type[BaseException], type[RemoteError], str], ...] = (
    (requests.ConnectTimeout, Unreachable, "No connection in time"),
    (urllib3.exceptions.NameResolutionError, Unreachable, "The server's name is unknown"),
    (urllib3.exceptions.NewConnectionError, Unreachable, "The server takes no connection"),
    (requests.exceptions.SSLError, Unreachable, "No trusted TLS connection"),
    (urllib3.exceptions.SSLError, Unreachable, "No trusted TLS connection"),
    (TimeoutError, Unreachable, "No complete answer in time"),
    (requests.Timeout, Unreachable, "No complete answer in time"),
    (urllib3.exceptions.TimeoutError, Unreachable, "No complete answer in time"),
    (urllib3.exceptions.IncompleteRead, Malformed, "The answer is cut short"),
    (http.client.IncompleteRead, Malformed, "The answer is cut short"),
    (urllib3.exceptions.InvalidChunkLength, Malformed, "The answer's chunks are broken"),
    (NotPublic, Malformed, "The address is not a public one"),
    (ConnectionError, Unreachable, "The connection was dropped"),
    (http.client.HTTPException, Malformed, "The answer is not HTTP"),
    (urllib3.exceptions.InvalidHeader, Malformed, "The answer's headers contradict each other"),
)


def transport_error(failure: BaseException) -> RemoteError:
    """Translates an exception of requests, urllib3 or the socket."""
    causes = _causes(failure)
    for kind, error, message in TRANSPORT_FAILURES:
        if any(isinstance(cause, kind) for cause in causes):
            return error(message, retry_helps=kind is not NotPublic)
    return Unreachable("The call failed on the way")


def _causes(failure: BaseException) -> list[BaseException]:
    """A failure and all that it wraps: requests and urllib3 keep the cause in `args` or `reason`."""
    causes: list[BaseException] = []
    unread = [failure]
    while unread and len(causes) < 20:
        cause = unread.pop()
        causes.append(cause)
        inner = [*cause.args, getattr(cause, "reason", None), cause.__cause__]
        unread += [c for c in inner if isinstance(c, BaseException) and c not in causes]
    return causes
