"""One lead: all that is known of it, and what is done about it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import member_view
from accounts.models import Membership
from accounts.roles import Role
from estates.catalogue.chips import kept
from estates.catalogue.search import Search as EstateSearch
from estates.catalogue.search import find as find_estates
from estates.leads.inbox import verbs
from estates.leads.inbox.dossier import dossier, neighbours
from estates.leads.inbox.forms import KEPT, AssigneeForm, FilterForm, LinkForm, NoteForm, StateForm
from estates.leads.models import Lead, State

CANDIDATES = 8


@require_safe
@member_view()
def detail(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """The lead, between its neighbours in the list of the filters in the URL."""
    return _detail(request, membership, lead_of(membership, pk), NoteForm())


def _detail(
    request: HttpRequest, membership: Membership, lead: Lead, form: NoteForm, status: int = 200
) -> HttpResponse:
    before, behind = neighbours(membership.agency, FilterForm(request.GET, membership).search(), lead)
    context = {
        "lead": lead,
        "dossier": dossier(lead),
        "note_form": form,
        "assignee_form": AssigneeForm(
            agency=membership.agency, initial={"assignee": lead.assignee_id}, auto_id="lead_%s"
        ),
        "states": State.choices,
        "before": before,
        "behind": behind,
        "filters": kept(request.GET, (*KEPT, "cursor")),
    }
    return render(request, "leads/detail.html", context, status=status)


@require_POST
@member_view(Role.AGENT)
def set_state(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    lead, form = lead_of(membership, pk), StateForm(request.POST)
    if form.is_valid():
        lead.state = form.cleaned_data["seen"] or lead.state
        state = State(form.cleaned_data["state"])
        if state != lead.state and not verbs.set_state([lead], state, membership.user):
            _overtaken(request)
    return _back(request, membership, pk)


@require_POST
@member_view(Role.AGENT)
def assign(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    lead, form = lead_of(membership, pk), AssigneeForm(request.POST, agency=membership.agency)
    if form.is_valid():
        colleague = form.cleaned_data["assignee"]
        if colleague != lead.assignee and not verbs.assign([lead], colleague, membership.user):
            _overtaken(request)
    return _back(request, membership, pk)


@require_POST
@member_view(Role.AGENT)
def note(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    lead, form = lead_of(membership, pk), NoteForm(request.POST)
    if not form.is_valid():
        return _detail(request, membership, lead, form, status=422)
    try:
        verbs.add_note(lead, form.cleaned_data["words"], membership.user)
    except verbs.Overtaken:
        _overtaken(request)
    return _back(request, membership, pk)


@require_safe
@member_view(Role.AGENT)
def candidates(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """The agency's estates that match some words, to be linked by hand."""
    lead, query = lead_of(membership, pk), request.GET.get("estate_query", "").strip()[:200]
    found = (
        find_estates(membership.agency, EstateSearch({"query": query}), size=CANDIDATES).estates
        if query
        else []
    )
    context = {"lead": lead, "candidates": found, "estate_query": query, "filters": kept(request.GET, KEPT)}
    template = "leads/_candidates.html" if request.htmx else "leads/candidates.html"  # type: ignore[attr-defined]
    return render(request, template, context)


@require_POST
@member_view(Role.AGENT)
def link(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """Links the lead to an estate, or to none."""
    lead, form = lead_of(membership, pk), LinkForm(request.POST, agency=membership.agency)
    if form.is_valid():
        try:
            verbs.link_estate(lead, form.cleaned_data["estate"], membership.user)
        except verbs.Overtaken:
            _overtaken(request)
    return _back(request, membership, pk)


def lead_of(membership: Membership, pk: int) -> Lead:
    leads = Lead.objects.for_agency(membership.agency).select_related(
        "agency", "assignee", "estate", "connection"
    )
    return get_object_or_404(leads.defer("search_text", "estate__search_text", "estate__digest"), pk=pk)


def _overtaken(request: HttpRequest) -> None:
    messages.warning(
        request, _("Nothing was changed: a colleague was faster. This is how the lead stands now; try again.")
    )


def _back(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    address = reverse("leads:detail", args=[membership.agency.slug, pk])
    return redirect(f"{address}?{kept(request.GET, (*KEPT, 'cursor'))}")
