"""A person's agencies, a new one, and an agency's own settings."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import logged_in, member_view
from accounts.agencies import change_settings, create_agency, free_slug
from accounts.forms import AgencyForm
from accounts.models import Membership
from accounts.roles import Role


@require_safe
@login_required
def index(request: HttpRequest) -> HttpResponse:
    """The agencies of a person; who has none is told how to get into one."""
    memberships = Membership.objects.filter(user=logged_in(request)).select_related("agency")
    return render(request, "accounts/agencies.html", {"memberships": memberships.order_by("agency__name")})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Anybody with a confirmed address may found an agency, and owns it."""
    start = {"language": get_language(), "time_zone": "Europe/Paris"}
    form = AgencyForm(request.POST or None, initial=start)
    if form.is_valid():
        try:
            agency = create_agency(
                slug=free_slug(form.cleaned_data["name"]), actor=logged_in(request), **form.cleaned_data
            )
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, _("The agency is there."))
            return redirect("dashboard", agency.slug)
    return render(request, "accounts/new_agency.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@member_view()
def settings(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Every member sees the settings; managers and owners change them."""
    if request.method == "POST" and not membership.may(Role.MANAGER):
        raise PermissionDenied
    form = AgencyForm(request.POST or None, agency=membership.agency)
    if form.is_valid():
        change_settings(membership.agency, membership.user, **form.cleaned_data)
        messages.success(request, _("The settings are saved."))
        return redirect("accounts:settings", membership.agency.slug)
    return render(request, "accounts/settings.html", {"form": form})
