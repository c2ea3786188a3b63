"""What stands before everything else: each request gets an id, and a line that says how it was answered."""

import logging
import secrets
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from accounts.tracing import agency_id
from estates.jobs.tracing import trace_id, traced
from portal.paths import PROBES

logger = logging.getLogger("portal.requests")

UNKNOWN = "unknown"
"""The route of an address that leads nowhere."""


class Observed:
    """Begins and ends what log lines of a request have in common."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        with traced(secrets.token_hex(6)):
            response = self.get_response(request)
            # What Django says of this request later has nothing else to know it by.
            request.trace_id = trace_id.get()  # type: ignore[attr-defined]
            request.agency_id = agency_id.get()  # type: ignore[attr-defined]
            tell(request, response, time.perf_counter() - began)
        return response


def tell(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    """One line; probes, which come every few seconds, are not told of."""
    if request.path_info in PROBES:
        return
    route = route_of(request)
    said = {
        "method": request.method,
        "route": route,
        "status": response.status_code,
        "milliseconds": round(seconds * 1000, 1),
    }
    logger.info("%s %s %s", request.method, route, response.status_code, extra=said)


def route_of(request: HttpRequest) -> str:
    """The pattern of the address, never the address: it may be a secret, and there are endlessly many."""
    return request.resolver_match.route if request.resolver_match else UNKNOWN
