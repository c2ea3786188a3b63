"""The door of the partner API: it lies before sessions and languages, which machines have no use for."""

from __future__ import annotations

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.text import compress_string

from estates.jobs.tracing import trace_id
from portal.api.errors import Refusal, envelope
from portal.api.keys import refuse_exposed

HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
WORTH_IT = 1024
"""Bytes of an answer from which on it is compressed for whom can read that."""
PADDING = 100
"""Random bytes at most in the head of a compressed answer, so that its length gives no secret away."""
ACCEPTS_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))")
COMPRESSED = ("application/json", "text/")


def serve(request: HttpRequest) -> HttpResponseBase:
    """Every answer has a request id and, where a key was recognised, says what is left of its minute.

    The API speaks English whatever the portal's language is: its words are read by developers and their logs.
    """
    if request.encoding is not None:
        request.encoding = "utf-8"  # whatever the body says of itself
    with translation.override("en"):
        answer = _compressed(request, _answer(request))
    pace: dict[str, str] = getattr(request, "pace_headers", {})
    for name, value in (HEADERS | pace | {"X-Request-Id": trace_id.get()}).items():
        answer.headers.setdefault(name, value)
    return answer


def _answer(request: HttpRequest) -> HttpResponseBase:
    try:
        if settings.SECURE_SSL_REDIRECT and not request.is_secure():
            raise Refusal(403, "Only over https")
        refuse_exposed(request)
        _refuse_nul(request)
        found = resolve(request.path_info)
    except Refusal as refusal:
        return envelope(refusal.status, refusal.messages, refusal.headers)
    except Resolver404:
        return envelope(404, ["Not found"])
    request.resolver_match = found
    answer: HttpResponseBase = found.func(request, *found.args, **found.kwargs)
    if answer.status_code == 405:
        return envelope(405, [f"Method {request.method} is not allowed here"], {"Allow": answer["Allow"]})
    return answer


def _refuse_nul(request: HttpRequest) -> None:
    """No database looks for a NUL, and some fail when asked to."""
    if "\0" in request.path_info:
        raise Refusal(404, "Not found")
    if "%00" in request.META["QUERY_STRING"]:
        raise Refusal(422, "query: NUL (%00) is no text")


def _compressed(request: HttpRequest, answer: HttpResponseBase) -> HttpResponseBase:
    if not isinstance(answer, HttpResponse) or len(answer.content) < WORTH_IT:
        return answer
    if "Content-Encoding" in answer or not answer.get("Content-Type", "").startswith(COMPRESSED):
        return answer
    patch_vary_headers(answer, ("Accept-Encoding",))
    if ACCEPTS_GZIP.search(request.headers.get("Accept-Encoding", "")):
        answer.content = compress_string(answer.content, max_random_bytes=PADDING)
        answer.headers["Content-Encoding"] = "gzip"
    return answer
