"""Errors of the partner API, all in one envelope: `{"statusCode": 404, "message": ["…"], "error": "Not Found"}`."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import Field, NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from estates.webhooks.subscribing import Removed

logger = logging.getLogger(__name__)


class Error(Schema):
    """What went wrong; `message` names the field where there is one."""

    statusCode: int = Field(examples=[422])  # as Ts-Immo's
    message: list[str] = Field(examples=[["limit: Input should be less than or equal to 100"]])
    error: str = Field(examples=["Unprocessable Entity"])


class Refusal(Exception):
    """An answer that is no success: its status, what to say, and headers to go with it."""

    def __init__(
        self, status: int, message: str | Sequence[str], headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(status, message)
        self.status = status
        self.messages = [message] if isinstance(message, str) else list(message)
        self.headers = headers or {}


def envelope(status: int, messages: Sequence[str], headers: dict[str, str] | None = None) -> HttpResponse:
    return JsonResponse(enveloped(status, messages), status=status, headers=headers)


def enveloped(status: int, messages: Sequence[str]) -> dict[str, Any]:
    """The envelope as plain values."""
    return {"statusCode": status, "message": list(messages), "error": HTTPStatus(status).phrase}


def add_handlers(api: NinjaAPI) -> None:
    """Every way in which an operation can fail ends in the envelope."""

    @api.exception_handler(Refusal)
    def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
        return envelope(refusal.status, refusal.messages, refusal.headers)

    @api.exception_handler(AuthenticationError)
    def unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        return envelope(401, ["Unauthorized"], {"WWW-Authenticate": "Bearer"})

    @api.exception_handler(Http404)
    @api.exception_handler(Removed)
    def missing(request: HttpRequest, error: Http404 | Removed) -> HttpResponse:
        return envelope(404, ["Not found"])

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        return envelope(422, [_complaint(one["loc"], one["msg"]) for one in error.errors])

    @api.exception_handler(RequestDataTooBig)
    def too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
        return envelope(413, ["The body is larger than this operation takes"])

    @api.exception_handler(HttpError)
    def failed(request: HttpRequest, error: HttpError) -> HttpResponse:
        return envelope(error.status_code, [error.message])

    @api.exception_handler(Exception)
    def broken(request: HttpRequest, error: Exception) -> HttpResponse:
        logger.exception("The partner API failed at %s %s", request.method, request.path)
        return envelope(
            500, ["Something failed on our side. Nothing was done; the same call may be repeated."]
        )


def _complaint(place: Sequence[object], words: str) -> str:
    """Such as `phoneNumbers.0.number: Field required`; the first part says only where the request carried it."""
    named = place[2:] or (place[:1] if place[0] == "body" else place[1:])
    path = ".".join(str(part) for part in named)
    return f"{path}: {words}" if path else words
