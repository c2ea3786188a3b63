"""The audit trail's page, for owners."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts import actions, audit
from accounts.access import member_view
from accounts.forms import TrailForm
from accounts.models import AuditChain, AuditEntry, Membership
from accounts.roles import Role

PAGE = 50


def row(entry: AuditEntry) -> tuple[AuditEntry, actions.Label, list[tuple[actions.Label, str]]]:
    """An entry with the words for what was done and for its details; a partner's key stands for who did it."""
    told = entry.detail.items()
    details = [actions.detail(name, value) for name, value in told if entry.actor_name or name != "key"]
    return entry, actions.label(entry.action), details


@require_safe
@member_view(Role.OWNER)
def index(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Newest first, fifty at a time; the next page starts below the last number shown."""
    form = TrailForm(request.GET, agency=membership.agency)
    entries = list(form.entries().select_related("actor")[: PAGE + 1])
    shown = {
        "form": form,
        "rows": [row(entry) for entry in entries[:PAGE]],
        "next": entries[PAGE - 1].number if len(entries) > PAGE else None,
        "chain": AuditChain.objects.filter(agency=membership.agency).first(),
    }
    return render(request, "accounts/trail.html", shown)


@require_POST
@member_view(Role.OWNER)
def check(request: HttpRequest, membership: Membership) -> HttpResponse:
    found = audit.check(membership.agency)
    if not found:
        messages.success(request, _("The trail is complete and unchanged."))
    for broken in found[:5]:
        messages.error(request, str(broken))
    if len(found) > 5:
        rest = len(found) - 5
        messages.error(request, ngettext("And %(n)s more.", "And %(n)s more.", rest) % {"n": rest})
    return redirect("accounts:trail", membership.agency.slug)
