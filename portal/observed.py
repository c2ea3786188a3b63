"""What stands before everything else: each request gets an id, and a line that says how it was answered."""

import logging
import secrets
import time
from collections.abc import Callable

from django.http import FileResponse, HttpRequest, HttpResponseBase, StreamingHttpResponse

from accounts import scope
from accounts.tracing import agency_id
from estates.jobs.tracing import trace_id, traced
from portal.metrics.requests import UNKNOWN, note_request
from portal.paths import PROBES

logger = logging.getLogger("portal.requests")


class Observed:
    """Begins and ends what log lines of a request have in common."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        with traced(secrets.token_hex(6)), scope.nothing():
            response = self.get_response(request)
            if isinstance(response, StreamingHttpResponse) and not isinstance(response, FileResponse):
                response.streaming_content = scope.kept_parts(response)
            # What Django says of this request later has nothing else to know it by.
            request.trace_id = trace_id.get()  # type: ignore[attr-defined]
            request.agency_id = agency_id.get()  # type: ignore[attr-defined]
            note(request, response, time.perf_counter() - began)
        return response


def note(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    """One line, and a place in the metrics; probes, which come every few seconds, are not noted."""
    if request.path_info in PROBES:
        return
    route = route_of(request)
    note_request(request.method or "", route, response.status_code, seconds)
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
