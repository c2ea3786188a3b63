"""A person's own page."""

from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import logged_in
from accounts.forms import ProfileForm
from accounts.models import User


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """Name and language, and the ways to the address, the password, the second factors and the sessions."""
    user = logged_in(request)
    # The form writes into its instance even when it refuses: the shell must not greet by a refused name.
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=user.pk))
    if form.is_valid():
        form.save()
        with translation.override(form.cleaned_data["language"] or translation.get_language()):
            messages.success(request, _("Your profile is saved."))
        return redirect("profile")
    shown = {
        "form": form,
        "second_factor": is_mfa_enabled(user),
        "sessions": UserSession.objects.filter(user=user).count(),
    }
    return render(request, "accounts/profile.html", shown)
