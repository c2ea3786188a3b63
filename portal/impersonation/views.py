"""Into a person's place, and out of it again."""

from allauth.account.decorators import reauthentication_required
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import impersonation
from accounts.access import logged_in
from accounts.models import Impersonation, Membership
from portal.impersonation.forms import ReasonForm
from portal.impersonation.middleware import KEY, leave


@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """For operators, below the admin: asks why, and leads to the agency's first page in the member's place."""
    operator = logged_in(request)
    membership = get_object_or_404(Membership.objects.select_related("user", "agency"), pk=pk)
    if not impersonation.may_stand_in(operator, membership.user):
        raise PermissionDenied
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        place = impersonation.begin(operator, membership, form.cleaned_data["reason"])
        request.session[KEY] = place.pk
        return redirect("dashboard", membership.agency.slug)
    context = admin.site.each_context(request) | {
        "title": _("Work in the place of %(person)s") % {"person": membership.user},
        "member": membership,
        "form": form,
        "minutes": int(impersonation.LASTS.total_seconds() // 60),
    }
    return render(request, "admin/impersonate.html", context, status=400 if form.errors else 200)


@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """Where the banner's button leads. Who is in nobody's place is led home."""
    place: Impersonation | None = getattr(request, "impersonation", None)
    if place is None:
        return redirect("home")
    leave(request, place)
    return redirect("admin:agency_overview", place.agency_id)
