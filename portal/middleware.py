"""What stands before the views: a way past everything that is for people, and an id for each request."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import render
from django.urls import Resolver404, resolve

from estates.jobs.tracing import trace_id
from portal.api import entry
from portal.paths import MACHINES, PARTNERS, PROBES

WELL_FORMED = re.compile(r"[A-Za-z0-9_-]{6,64}")


class MachinesFirst:
    """Answers remote systems and partners' software at once: they have no session, language or page to be looked up.

    Stands first. Such a call costs a third of what it costs behind all the others.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(PARTNERS):
            return entry.serve(request)
        if request.path_info.startswith(MACHINES) or request.path_info in PROBES:
            try:
                found = resolve(request.path_info)
            except Resolver404:
                # It may be a secret address that was cut off, and logs name the path.
                request.path = request.path_info = request.path_info[: request.path_info.index("/", 1) + 1]
                return self.get_response(request)
            request.resolver_match = found
            answer: HttpResponseBase = found.func(request, *found.args, **found.kwargs)
            return answer
        return self.get_response(request)


class NotAllowedPage:
    """Gives an address that only takes what is sent to it a page, for whoever opens it: Django's answer is blank."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            page = render(request, "405.html", status=405)
            page["Allow"] = response["Allow"]
            return page
        return response


class RequestIdMiddleware:
    """Takes a well-formed `X-Request-Id` over as the request's id; gives the id back under the same header."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-Id", "")
        if WELL_FORMED.fullmatch(given):
            trace_id.set(given)  # `Observed`, around all, takes it back
        response = self.get_response(request)
        response["X-Request-Id"] = trace_id.get()
        return response
