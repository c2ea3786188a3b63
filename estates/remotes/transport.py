"""What a failed transport means for the caller."""

from __future__ import annotations

import http.client
import socket
import ssl

import requests
import urllib3
from requests_hardened.ip_filter import InvalidIPAddress
from urllib3.util.ssl_match_hostname import CertificateError

from .errors import Malformed, Reason, RemoteError, Unreachable

# The first that applies counts. The exceptions' own texts are never used: they quote the request.
TRANSPORT_FAILURES: tuple[tuple[type[BaseException], type[RemoteError], Reason, str], ...] = (
    (InvalidIPAddress, Malformed, Reason.NOT_PUBLIC, "The address is not a public one"),
    (requests.exceptions.InvalidURL, Malformed, Reason.ADDRESS, "The address cannot be used"),
    (requests.ConnectTimeout, Unreachable, Reason.TIME, "No connection in time"),
    (urllib3.exceptions.NameResolutionError, Unreachable, Reason.NAME, "The server's name is unknown"),
    (socket.gaierror, Unreachable, Reason.NAME, "The server's name is unknown"),
    (urllib3.exceptions.NewConnectionError, Unreachable, Reason.CONNECTION, "The server takes no connection"),
    (CertificateError, Unreachable, Reason.CERTIFICATE_NAME, "The certificate is for another name"),
    (ssl.SSLCertVerificationError, Unreachable, Reason.CERTIFICATE, "No trusted certificate"),
    (requests.exceptions.SSLError, Unreachable, Reason.TLS, "No trusted TLS connection"),
    (urllib3.exceptions.SSLError, Unreachable, Reason.TLS, "No trusted TLS connection"),
    (TimeoutError, Unreachable, Reason.TIME, "No complete answer in time"),
    (requests.Timeout, Unreachable, Reason.TIME, "No complete answer in time"),
    (urllib3.exceptions.TimeoutError, Unreachable, Reason.TIME, "No complete answer in time"),
    (urllib3.exceptions.IncompleteRead, Malformed, Reason.BROKEN, "The answer is cut short"),
    (http.client.IncompleteRead, Malformed, Reason.BROKEN, "The answer is cut short"),
    (urllib3.exceptions.InvalidChunkLength, Malformed, Reason.BROKEN, "The answer's chunks are broken"),
    (ConnectionError, Unreachable, Reason.DROPPED, "The connection was dropped"),
    (http.client.HTTPException, Malformed, Reason.BROKEN, "The answer is not HTTP"),
    (
        urllib3.exceptions.InvalidHeader,
        Malformed,
        Reason.BROKEN,
        "The answer's headers contradict each other",
    ),
)
LASTING = {Reason.NOT_PUBLIC, Reason.ADDRESS}
CERTIFICATE_HAS_EXPIRED = 10  # OpenSSL's X509_V_ERR_CERT_HAS_EXPIRED


def transport_error(failure: BaseException) -> RemoteError:
    """Translates an exception of requests, urllib3 or the socket."""
    causes = _causes(failure)
    for kind, error, reason, message in TRANSPORT_FAILURES:
        if found := [cause for cause in causes if isinstance(cause, kind)]:
            if getattr(found[0], "verify_code", None) == CERTIFICATE_HAS_EXPIRED:
                reason, message = Reason.CERTIFICATE_EXPIRED, "The certificate has expired"
            return error(message, retry_helps=reason not in LASTING, reason=reason)
    return Unreachable("The call failed on the way", reason=Reason.BROKEN)


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
