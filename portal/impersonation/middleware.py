"""Puts a person in the operator's place for the length of a request, and keeps it inside one agency."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control

from accounts import impersonation, scope
from accounts.audit import record
from accounts.models import Impersonation, User
from accounts.tracing import in_place_by
from portal.impersonation.limits import FREE, GUIDE, LEADS_HOME, LOGOUT, OWN_HANDS

KEY = "impersonation"
"""In the operator's own session, which stays the operator's: number of the `Impersonation`."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class ImpersonationMiddleware:
    """Stands behind the authentication and before all that asks who is there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        number = request.session.get(KEY)
        if number is None:
            return self.get_response(request)
        operator = request.user
        place = impersonation.current(operator, number) if isinstance(operator, User) else None
        if place is None:
            # What was meant to be done in the person's name must not be done in the operator's.
            del request.session[KEY]
            return render(request, "portal/impersonation_over.html", status=403)
        return self._in_place(request, place)

    def _in_place(self, request: HttpRequest, place: Impersonation) -> HttpResponseBase:
        request.user, request.impersonation = place.person, place  # type: ignore[attr-defined]
        with in_place_by(place.operator) as standing, scope.of_agency(place.agency_id):
            response = self.get_response(request)
            # Back, after the end, shows no page of the person's from memory.
            patch_cache_control(response, no_store=True)
            acted = request.method not in SAFE and response.status_code < 400
            if acted and standing and not standing.entries and KEY in request.session:
                record(place.agency, place.person, "impersonation.acted", request.path)
        return response

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        place: Impersonation | None = getattr(request, "impersonation", None)
        if place is None or request.resolver_match is None:
            return None
        name = request.resolver_match.view_name
        if name in LOGOUT:
            leave(request, place)
            return None
        if name in FREE or request.resolver_match.namespace == GUIDE:
            return None
        if name in LEADS_HOME:
            return redirect("dashboard", place.agency.slug)
        if not request.resolver_match.route.startswith("agencies/<slug:slug>/"):
            return closed(request)
        if kwargs["slug"] != place.agency.slug:
            raise Http404
        return closed(request) if name in OWN_HANDS else None


def leave(request: HttpRequest, place: Impersonation) -> None:
    """The operator is the operator again, for the rest of this request too."""
    request.session.pop(KEY, None)
    impersonation.end(place)
    request.user = place.operator
    del request.impersonation  # type: ignore[attr-defined]


def closed(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/impersonation_closed.html", status=403)
