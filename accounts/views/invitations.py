"""Inviting people, and the page on which an invited person arrives."""

from allauth.account.utils import perform_login
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import invitation_mail, invitations
from accounts.access import member_view
from accounts.forms import AcceptanceForm, InvitationForm
from accounts.models import Invitation, Membership, User
from accounts.people import owns_address, person_with
from accounts.roles import Role
from accounts.views.members import members_page


@require_POST
@member_view(Role.OWNER)
def invite(request: HttpRequest, membership: Membership) -> HttpResponse:
    form = InvitationForm(request.POST)
    if form.is_valid():
        try:
            sealed = invitations.invite(membership.agency, membership.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error("email", refusal.messages)
        else:
            post(request, *sealed)
            return redirect("accounts:members", membership.agency.slug)
    return members_page(request, membership, form)


@require_POST
@member_view(Role.OWNER)
def resend(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    invitation = get_object_or_404(Invitation.objects.for_agency(membership.agency), pk=pk)
    try:
        sealed = invitations.resend(invitation, membership.user)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        post(request, *sealed)
    return redirect("accounts:members", membership.agency.slug)


def post(request: HttpRequest, invitation: Invitation, token: str) -> None:
    """Mails the link and says what became of it."""
    said = {"email": invitation.email}
    if invitation_mail.send(invitation, token):
        messages.success(request, _("The invitation to %(email)s is on its way.") % said)
    else:
        messages.error(
            request,
            _("The mail to %(email)s could not be sent. The invitation stands: send it again later.") % said,
        )


@require_POST
@member_view(Role.OWNER)
def revoke(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    invitation = get_object_or_404(Invitation.objects.for_agency(membership.agency), pk=pk)
    try:
        invitations.revoke(invitation, membership.user)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        said = {"email": invitation.email}
        messages.success(request, _("The invitation to %(email)s is taken back; its link is dead.") % said)
    return redirect("accounts:members", membership.agency.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def arrive(request: HttpRequest, token: str) -> HttpResponseBase:
    """Where the mailed link leads. Who may accept, and how, depends on who is looking."""
    invitation = invitations.find(token)
    state = invitation.state if invitation else "unknown"
    if invitation is None or state != "open":
        status = 404 if state == "unknown" else 410
        return render(request, "accounts/invitation_closed.html", {"state": state}, status=status)
    user = request.user
    if isinstance(user, User):
        if owns_address(user, invitation.email):
            return as_member_to_be(request, invitation, user)
        return render(request, "accounts/invitation_switch.html", {"invitation": invitation})
    if person_with(invitation.email):
        return render(request, "accounts/invitation_login.html", {"invitation": invitation})
    return as_stranger(request, invitation)


def as_member_to_be(request: HttpRequest, invitation: Invitation, user: User) -> HttpResponse:
    if request.method != "POST":
        return render(request, "accounts/invitation.html", {"invitation": invitation})
    try:
        invitations.accept(invitation, user)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
        return redirect("agencies")
    messages.success(request, _("Welcome to %(agency)s.") % {"agency": invitation.agency})
    return redirect("dashboard", invitation.agency.slug)


def as_stranger(request: HttpRequest, invitation: Invitation) -> HttpResponseBase:
    form = AcceptanceForm(request.POST or None, invitation=invitation)
    if form.is_valid():
        asked = form.cleaned_data
        try:
            user = invitations.accept_as_new(
                invitation, asked["name"], asked["password1"], get_language() or invitation.agency.language
            )
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
        else:
            arrival = reverse("dashboard", args=[invitation.agency.slug])
            return perform_login(request, user, redirect_url=arrival)
    return render(request, "accounts/invitation_new.html", {"invitation": invitation, "form": form})
