"""Looking at a certificate that nobody may trust, to say when it ends. Nothing is sent to such a server."""

from __future__ import annotations

import socket
import ssl
from datetime import datetime

from cryptography import x509


def certificate_end(address: tuple[str, int], name: str, seconds: float) -> datetime:
    """The end of the certificate that is shown for `name` at an address, trusted or not.

    Raises OSError or ValueError where there is none to read.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with (
        socket.create_connection(address, timeout=seconds) as plain,
        context.wrap_socket(plain, server_hostname=name) as secure,
    ):
        return x509.load_der_x509_certificate(secure.getpeercert(binary_form=True) or b"").not_valid_after_utc
