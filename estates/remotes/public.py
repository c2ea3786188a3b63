"""Speaking to addresses that others chose: only ever to the public internet."""

from __future__ import annotations

import ssl
from typing import Any

import requests
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from requests_hardened.ip_filter_adapter import IPFilterAdapter
from urllib3.util.ssl_ import create_urllib3_context

from .deadline import TimedAdapter
from .origins import Addresses, origin

KEPT_SITES = 64


class PublicAdapter(IPFilterAdapter, TimedAdapter):
    """Resolves a name once, refuses what is not public before it connects, and connects to that very address.

    `addresses` are those that an operator has dialled instead of looking a name up, like a hosts file: there no
    address is refused, while the Host header, SNI and the certificate's check stay those of the origin.
    """

    def __init__(self, scheme: str, addresses: Addresses, context: ssl.SSLContext) -> None:
        self._addresses = addresses
        self._context = context
        IPFilterAdapter.__init__(self, is_https_proto=scheme == "https")

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **kwargs: Any) -> None:
        # Many sites may lie behind one address. They share a context: reading the authorities takes longer than
        # many a site needs to answer.
        super().init_poolmanager(KEPT_SITES, KEPT_SITES, block, ssl_context=self._context, **kwargs)

    def cert_verify(self, conn: Any, *_: Any) -> None:
        conn.cert_reqs = "CERT_REQUIRED"

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> Any:
        """Where to connect for a request. Raises InvalidIPAddress where that is not public."""
        scheme, name, _ = asked = origin(request.url or "")
        if asked not in self._addresses:
            return super().build_connection_pool_key_attributes(request, verify, cert)
        where, tls = TimedAdapter.build_connection_pool_key_attributes(self, request, verify, cert)
        where["host"], where["port"] = self._addresses[asked]
        request.headers["Host"] = (request.url or "").split("/")[2]
        return where, {**tls, "assert_hostname": name, "server_hostname": name} if scheme == "https" else tls


def tls_context(ca_file: str = "") -> ssl.SSLContext:
    """Trusts the public authorities, and those that `ca_file` names."""
    context = create_urllib3_context()
    context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    if ca_file:
        context.load_verify_locations(ca_file)
    return context
