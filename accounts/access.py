"""The one way from a person and an address to what the person may do there."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone

from accounts.models import Membership, User
from accounts.roles import Role
from accounts.tracing import agency_id

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Membership, P], HttpResponseBase]


def membership_of(user: User | AnonymousUser, slug: str, least: Role = Role.VIEWER) -> Membership:
    """The one way from (user, slug) to an agency.

    Raises `Http404` for outsiders, to whom the agency does not exist, and `PermissionDenied` where the
    member's role does not suffice.
    """
    if not isinstance(user, User):
        raise Http404
    rows = Membership.objects.select_related("agency", "user")
    membership = rows.filter(user=user, agency__slug=slug).first()
    if membership is None:
        raise Http404
    if not Role(membership.role).suffices_for(least):
        raise PermissionDenied
    return membership


def logged_in(request: HttpRequest) -> User:
    """The person who asks, in a view that `login_required` guards."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def member_view(least: Role = Role.VIEWER) -> Callable[[View[P]], Callable[..., HttpResponseBase]]:
    """A view of an agency's page: the URL's `slug` becomes the `Membership` that it gets as second argument.

    The membership is also on the request, where the shell finds it, and times are shown in the agency's zone.
    """

    def decorate(view: View[P]) -> Callable[..., HttpResponseBase]:
        @login_required
        @wraps(view)
        def looked_up(request: HttpRequest, slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            membership = membership_of(request.user, slug, least)
            request.membership = membership  # type: ignore[attr-defined]
            agency_id.set(membership.agency_id)
            timezone.activate(membership.agency.time_zone)
            return view(request, membership, *args, **kwargs)

        looked_up.least_role = least  # type: ignore[attr-defined]
        return looked_up

    return decorate
