from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from accounts.models import Membership
from accounts.roles import Role
from portal.developers import reading


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """How to begin, with code that a test runs as it stands there."""
    owned = Membership.objects.none()
    if request.user.is_authenticated:
        owned = Membership.objects.filter(user=request.user, role=Role.OWNER).select_related("agency")
    context = {"url": settings.PUBLIC_URL, "calls": settings.API_CALLS_A_MINUTE, "owned": owned}
    return render(request, "developers/start.html", context)


@gzip_page  # nothing of what anybody sends stands in it
@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """Every operation, to be read and tried."""
    return render(request, "developers/reference.html", {"reference": reading.reference()})
