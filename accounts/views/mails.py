"""Which mails a person gets: the own page, and the address in each mail that needs no login."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts import scope
from accounts.access import logged_in
from accounts.forms import MailsForm
from accounts.mail_choices import behind, choose, is_wanted
from accounts.models import Membership

page = require_http_methods(["GET", "HEAD", "POST"])


@page
@login_required
@scope.across()
def index(request: HttpRequest) -> HttpResponse:
    """Every kind of mail from every agency, to be switched on and off."""
    rows = Membership.objects.filter(user=logged_in(request)).select_related("agency", "user")
    given = request.POST if request.method == "POST" else None  # with nothing ticked it may be empty
    forms = [MailsForm(row, given) for row in rows.order_by("agency__name", "pk")]
    if given is not None and all(form.is_valid() for form in forms):
        for form in forms:
            form.save()
        messages.success(request, _("Saved."))
        return redirect("mails")
    return render(request, "accounts/mails.html", {"forms": forms})


@never_cache
@csrf_exempt  # mail programs post here by themselves (RFC 8058), and show no token of ours
@page
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Switches off the kind of mail whose address this is, or on again; looking alone changes nothing."""
    found = behind(token)
    if found is None:
        raise Http404
    membership, kind = found
    scope.enter(membership.agency_id)
    if request.method == "POST":
        choose(membership, kind, wanted=request.POST.get("again") == "yes")
    shown = {"of": membership.agency.name, "kind": kind, "wanted": is_wanted(membership, kind)}
    return render(request, "accounts/stop_mails.html", shown)
