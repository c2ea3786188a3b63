"""A short id for each request, in its answer, in the jobs it starts and in every log line written on the way."""

import re
import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from estates.jobs.tracing import trace_id

WELL_FORMED = re.compile(r"[A-Za-z0-9_-]{6,64}")


class RequestIdMiddleware:
    """Takes a well-formed `X-Request-Id` over, else makes one; gives it back under the same header."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-Id", "")
        token = trace_id.set(given if WELL_FORMED.fullmatch(given) else secrets.token_hex(6))
        try:
            response = self.get_response(request)
            response["X-Request-Id"] = trace_id.get()
            return response
        finally:
            trace_id.reset(token)
