"""Speaks a person's language, counts in the agency's hours, and lets operators look across agencies."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation

from accounts import scope
from accounts.models import Agency

OPERATORS_ZONE = Agency._meta.get_field("time_zone").default


class PersonMiddleware:
    """A chosen language beats the browser's; `accounts.access.member_view` sets the agency's time zone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        language = request.user.language if request.user.is_authenticated else ""
        if language in dict(settings.LANGUAGES):
            translation.activate(language)
            request.LANGUAGE_CODE = language
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        """In the admin, until the request ends: its pages are written after its views have returned.

        Operators look across agencies of several time zones, and read the hours of most of them.
        """
        match = request.resolver_match
        if match and match.app_names[:1] == ["admin"] and request.user.is_active and request.user.is_staff:
            scope.enter_across()
            timezone.activate(OPERATORS_ZONE)
