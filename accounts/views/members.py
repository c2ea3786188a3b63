"""Who works in the agency, and what an owner changes about that."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import members
from accounts.access import member_view
from accounts.forms import InvitationForm, RoleForm
from accounts.models import Invitation, Membership
from accounts.roles import Role

RANKS = {role: rank for rank, role in enumerate(reversed(Role))}


@require_safe
@member_view()
def index(request: HttpRequest, membership: Membership) -> HttpResponse:
    return members_page(request, membership, InvitationForm(initial={"role": Role.AGENT}))


def members_page(request: HttpRequest, membership: Membership, form: InvitationForm) -> HttpResponse:
    """The members, owners first; owners also see what they may change, and the invitations that are out."""
    people = Membership.objects.filter(agency=membership.agency).select_related("user")
    shown = {
        "people": sorted(people, key=lambda one: (RANKS[Role(one.role)], str(one.user).casefold())),
        "roles": list(Role),
        "may_change": membership.may(Role.OWNER) and not getattr(request, "impersonation", None),
    }
    if shown["may_change"]:
        offers = Invitation.objects.for_agency(membership.agency).filter(accepted_at=None, revoked_at=None)
        shown |= {"form": form, "invitations": offers.select_related("invited_by").order_by("-created_at")}
    return render(request, "accounts/members.html", shown, status=400 if form.errors else 200)


def find(membership: Membership, pk: int) -> Membership:
    rows = Membership.objects.select_related("agency", "user")
    return get_object_or_404(rows, agency=membership.agency, pk=pk)


@require_POST
@member_view(Role.OWNER)
def change_role(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    member = find(membership, pk)
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("There is no such role."))
        return redirect("accounts:members", membership.agency.slug)
    try:
        member = members.change_role(member, membership.user, form.cleaned_data["role"])
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        said = {"person": member.user, "role": member.get_role_display()}
        messages.success(request, _("%(person)s now has the role “%(role)s”.") % said)
    return redirect("accounts:members", membership.agency.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Role.OWNER)
def remove(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    member = find(membership, pk)
    if request.method != "POST":
        return render(request, "accounts/remove_member.html", {"member": member})
    try:
        members.remove_member(member, membership.user)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, _("%(person)s is no longer a member.") % {"person": member.user})
    if member.user_id == membership.user_id:
        return redirect("agencies")
    return redirect("accounts:members", membership.agency.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Role.OWNER)
def transfer(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    member = find(membership, pk)
    if request.method != "POST":
        return render(request, "accounts/transfer_ownership.html", {"member": member})
    try:
        members.transfer_ownership(member, membership.user)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, _("%(person)s is now an owner.") % {"person": member.user})
    return redirect("accounts:members", membership.agency.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view()
def leave(request: HttpRequest, membership: Membership) -> HttpResponse:
    if request.method != "POST":
        return render(request, "accounts/leave.html")
    try:
        members.leave(membership)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
        return redirect("accounts:members", membership.agency.slug)
    messages.success(request, _("You have left %(agency)s.") % {"agency": membership.agency})
    return redirect("agencies")
