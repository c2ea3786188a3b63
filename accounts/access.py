"""The one way from a person and an address to what the person may do there."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from accounts import scope
from accounts.models import Membership, User
from accounts.roles import Role
from accounts.tracing import agency_id

P = ParamSpec("P")
SAFE = ("GET", "HEAD")
View = Callable[Concatenate[HttpRequest, Membership, P], HttpResponseBase]


def membership_of(user: User | AnonymousUser, slug: str, least: Role = Role.VIEWER) -> Membership:
    """The one way from (user, slug) to an agency.

    Raises `Http404` for outsiders, to whom the agency does not exist, and `PermissionDenied` where the
    member's role does not suffice.
    """
    return _chosen(memberships_of(user), slug, least)


def memberships_of(user: User | AnonymousUser) -> list[Membership]:
    """All that the person is a member of, by the agencies' names."""
    if not isinstance(user, User):
        return []
    return list(
        Membership.objects.filter(user=user).select_related("agency", "user").order_by("agency__name", "pk")
    )


def _chosen(memberships: Sequence[Membership], slug: str, least: Role) -> Membership:
    membership = next((each for each in memberships if each.agency.slug == slug), None)
    if membership is None:
        raise Http404
    if not Role(membership.role).suffices_for(least):
        raise PermissionDenied
    return membership


def logged_in(request: HttpRequest) -> User:
    """The person who asks, in a view that Django's `login_required` guards."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def to_login(request: HttpRequest) -> HttpResponseBase:
    """Where a stranger signs in, and from there back to a page, which a form's address or a part of one is not."""
    is_part = bool(request.headers.get("HX-Request"))
    if request.method in SAFE and not is_part:
        return redirect_to_login(request.get_full_path())
    if request.method not in SAFE:
        said = _("You were signed out meanwhile, so nothing was saved. Sign in, then do it once more.")
        messages.warning(request, said)
    login = redirect_to_login(_page_before(request))
    return HttpResponseClientRedirect(login.url) if is_part else login


def _page_before(request: HttpRequest) -> str:
    """The page of ours on which the person was, or the first one."""
    page = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return urlsplit(page)._replace(scheme="", netloc="").geturl() if ours and page else "/"


def member_view(least: Role = Role.VIEWER) -> Callable[[View[P]], Callable[..., HttpResponseBase]]:
    """A view of an agency's page: the URL's `slug` becomes the `Membership` that it gets as second argument.

    The membership is also on the request, with all that the person has, where the shell finds them; times are
    shown in the agency's zone.
    """

    def decorate(view: View[P]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def looked_up(request: HttpRequest, slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return to_login(request)
            memberships = memberships_of(request.user)
            membership = _chosen(memberships, slug, least)
            request.membership, request.memberships = membership, memberships  # type: ignore[attr-defined]
            agency_id.set(membership.agency_id)
            scope.enter(membership.agency_id)
            timezone.activate(membership.agency.time_zone)
            response = view(request, membership, *args, **kwargs)
            # A list and the part of it that htmx asks for have one address: going back must not find the other.
            patch_vary_headers(response, ["HX-Request"])
            return response

        looked_up.least_role = least  # type: ignore[attr-defined]
        return looked_up

    return decorate
