"""What is published: the rules with what they would change, and the switch."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.access import member_view
from accounts.models import Membership
from accounts.roles import Role
from estates.connections.models import Connection, System
from estates.syndication.forecast.words import reason_words
from estates.syndication.forms import RulesForm, SwitchForm
from estates.syndication.models import Plan
from estates.syndication.pages.choices import choices_of
from estates.syndication.pages.online import online_of
from estates.syndication.pages.plans import plan_of
from estates.syndication.pushing.due import due
from estates.syndication.rules.filters import Rules, suggested, towns_without_estates
from estates.syndication.rules.plans import Overtaken, open_plan, save_rules, set_active
from estates.syndication.rules.preview import Preview, preview
from estates.syndication.views.board import own_plan, rules_of

page = require_http_methods(["GET", "HEAD", "POST"])


def own_connection(membership: Membership, pk: int) -> Connection:
    seeki = Connection.objects.for_agency(membership.agency).filter(system=System.SEEKI, removed_at=None)
    return get_object_or_404(seeki.select_related("agency", "syndication_plan__changed_by"), pk=pk)


@page
@member_view(Role.MANAGER)
def rules(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """The rules of a connection's plan, which need not be there yet; `pk` is the connection's.

    Asked for by htmx with what is chosen at the moment, it answers with the preview alone. That may take a second
    where there are very many estates, so a page that is opened comes without one and asks for it.
    """
    connection = own_connection(membership, pk)
    plan = plan_of(connection)
    if request.method != "POST":
        if request.headers.get("HX-Target") == "preview":
            form = RulesForm(request.GET)
            context = _previewed(connection, plan, form)
            return render(request, "syndication/_rules_preview.html", context)
        ticked = rules_of(plan) or Rules()
        if plan is None or not (plan.version or plan.rules):
            ticked = suggested(membership.agency)
        return _page(request, connection, plan, RulesForm(initial=_initial(plan)), ticked)
    form = RulesForm(request.POST)
    if not form.is_valid():
        return _page(request, connection, plan, form, form.ticked, status=422)
    if "try" in request.POST:
        return _page(request, connection, plan, form, form.ticked)
    return _save(request, membership, connection, form)


def _save(
    request: HttpRequest, membership: Membership, connection: Connection, form: RulesForm
) -> HttpResponse:
    plan = open_plan(connection, membership.user)
    found = preview(plan, membership.agency, form.rules)
    try:
        save_rules(plan, form.rules, membership.user, form.cleaned_data["version"])
    except Overtaken:
        plan = own_plan(membership, plan.pk)
        typed = request.POST.copy()
        typed["version"] = str(plan.version)
        overtaken = {"overtaken": rules_of(plan) or Rules()}
        return _page(request, connection, plan, RulesForm(typed), form.ticked, status=409, **overtaken)
    messages.success(request, _saved(plan, found))
    return redirect("syndication:plan", membership.agency.slug, plan.pk)


def _saved(plan: Plan, found: Preview) -> str:
    after = "" if plan.active else " " + _("Nothing is sent until you switch publication on.")
    if not found.changes:
        return _("Saved: nothing changes.") + after
    lines = (
        (
            ngettext("%(number)s listing is added", "%(number)s listings are added", found.adds.count),
            found.adds,
        ),
        (ngettext("%(number)s stays", "%(number)s stay", found.stays.count), found.stays),
        (
            ngettext("%(number)s is left to lapse", "%(number)s are left to lapse", found.lapses.count),
            found.lapses,
        ),
    )
    said = ", ".join(
        words % {"number": formats.number_format(part.count, force_grouping=True)} for words, part in lines
    )
    return _("Saved: %(changes)s.") % {"changes": said} + after


def _initial(plan: Plan | None) -> dict[str, Any]:
    found, version = rules_of(plan) or Rules(), plan.version if plan else 0
    return {
        "min_price": found.min_price,
        "max_price": found.max_price,
        "featured": found.featured,
        "version": version,
    }


def _previewed(connection: Connection, plan: Plan | None, form: RulesForm) -> dict[str, Any]:
    """What the rules that are chosen would change; without a preview where none are, or they make no sense."""
    context: dict[str, Any] = {"connection": connection, "plan": plan, "form": form}
    if not form.is_bound or not form.is_valid():
        return context
    found = preview(plan, connection.agency, form.rules)
    why = [(reason_words(reason), number) for reason, number in found.why]
    empty = towns_without_estates(connection.agency, form.rules)
    return context | {
        "preview": found,
        "after": list(found.after.items()),
        "why": why,
        "leaving": found.leaving,
        "empty_towns": empty,
    }


def _page(
    request: HttpRequest,
    connection: Connection,
    plan: Plan | None,
    form: RulesForm,
    ticked: Rules,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = {
        **_previewed(connection, plan, form),
        "choices": [(form[name], words) for name, words in choices_of(connection.agency, ticked).items()],
        "unreadable": plan is not None and rules_of(plan) is None,
        **more,
    }
    return render(request, "syndication/rules.html", context, status=status)


@page
@member_view(Role.MANAGER)
def switch(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """Says what switching on or off will and won't do, and does it."""
    plan = own_plan(membership, pk)
    form = SwitchForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {
            "plan": plan,
            "online": online_of(plan),
            "due": due(plan, timezone.now()).count(),
        }
        return render(request, "syndication/switch.html", context, status=422 if form.is_bound else 200)
    active = form.cleaned_data["active"] == "on"
    if active and plan.connection.removed_at:
        messages.warning(request, _("The key of this connection was deleted: nothing can be sent with it."))
        return redirect("syndication:plan", membership.agency.slug, pk)
    set_active(plan, active, membership.user)
    if active:
        words = _("Publication is on. The catalogue is looked through, then what is due goes to Seeki.")
    else:
        words = _("Publication is off. Nothing is sent any more.")
    messages.success(request, words)
    return redirect("syndication:plan", membership.agency.slug, pk)
