"""Whose leads become: the rules, and taking an offered lead."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import member_view
from accounts.models import Membership
from accounts.roles import Role
from estates.leads.models import RoutingRule
from estates.leads.routing import rules as verbs
from estates.leads.routing.claim import claim as claim_lead
from estates.leads.routing.forms import RuleForm, initial_of
from estates.leads.views.forwarding import lead_of

page = require_http_methods(["GET", "HEAD", "POST"])


def rule_of(membership: Membership, pk: int) -> RoutingRule:
    return get_object_or_404(verbs.rules_of(membership.agency), pk=pk)


@require_safe
@member_view()
def rules(request: HttpRequest, membership: Membership) -> HttpResponse:
    return render(request, "leads/routing/rules.html", {"rules": verbs.rules_of(membership.agency)})


@page
@member_view(Role.MANAGER)
def add_rule(request: HttpRequest, membership: Membership) -> HttpResponse:
    form = RuleForm(request.POST or None, agency=membership.agency)
    if form.is_valid() and "try" not in request.POST:
        verbs.add_rule(membership.agency, membership.user, form.cleaned_data)
        messages.success(request, _("Saved. It counts for leads that come from now on."))
        return redirect("leads:rules", membership.agency.slug)
    tried = form.unsaved(membership.agency) if form.is_bound and form.is_valid() else None
    return _form(request, membership, form, None, tried)


@page
@member_view(Role.MANAGER)
def change_rule(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    rule = rule_of(membership, pk)
    form = RuleForm(request.POST or None, agency=membership.agency, initial=initial_of(rule))
    if form.is_valid() and "try" not in request.POST:
        verbs.change_rule(rule, membership.user, form.cleaned_data)
        messages.success(request, _("Saved. It counts for leads that come from now on."))
        return redirect("leads:rules", membership.agency.slug)
    tried = rule
    if form.is_bound and form.is_valid():
        tried = form.unsaved(membership.agency)
        tried.pk, tried.position = rule.pk, rule.position
    return _form(request, membership, form, rule, tried)


def _form(
    request: HttpRequest,
    membership: Membership,
    form: RuleForm,
    rule: RoutingRule | None,
    tried: RoutingRule | None,
) -> HttpResponse:
    trials = verbs.try_rule(membership.agency, tried) if tried and not form.errors else None
    context = {
        "form": form,
        "rule": rule,
        "trials": trials,
        "gets": sum(1 for trial in trials or () if trial.earlier is None),
        "tried": verbs.TRIED,
    }
    return render(request, "leads/routing/rule.html", context, status=422 if form.errors else 200)


@require_POST
@member_view(Role.MANAGER)
def move_rule(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    verbs.move_rule(rule_of(membership, pk), membership.user, up=request.POST.get("to") == "up")
    return redirect("leads:rules", membership.agency.slug)


@require_POST
@member_view(Role.MANAGER)
def pause_rule(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    verbs.set_active(rule_of(membership, pk), membership.user, active=request.POST.get("active") == "yes")
    return redirect("leads:rules", membership.agency.slug)


@page
@member_view(Role.MANAGER)
def delete_rule(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    rule = rule_of(membership, pk)
    if request.method != "POST":
        return render(request, "leads/routing/delete.html", {"rule": rule})
    verbs.delete_rule(rule, membership.user)
    messages.success(request, _("The rule is deleted. Leads that it gave to somebody stay theirs."))
    return redirect("leads:rules", membership.agency.slug)


@require_POST
@member_view(Role.AGENT)
def claim(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    if claim_lead(lead_of(membership, pk), membership.user):
        messages.success(request, _("This lead is yours."))
    else:
        messages.warning(
            request, _("A colleague was faster, or the time is over. This is whose lead it is now.")
        )
    return redirect("leads:detail", membership.agency.slug, pk)
