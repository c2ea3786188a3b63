"""The inbox: its lists, what arrives, what is done to many leads at once, and the list as a file."""

from collections.abc import Sequence

from django.contrib import messages
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import member_view
from accounts.models import Membership
from accounts.roles import Role
from estates.catalogue import saved
from estates.catalogue.chips import kept
from estates.catalogue.forms import SavedSearchForm
from estates.catalogue.models import SavedSearch
from estates.catalogue.spreadsheets import download_of, file_name
from estates.leads.inbox import export, pages, undo, verbs
from estates.leads.inbox.forms import KEPT, AssigneeForm, FilterForm, StateForm
from estates.leads.inbox.hours_form import HoursForm
from estates.leads.inbox.office import change_hours, office_of
from estates.leads.models import Lead, LeadEvent, State

What = LeadEvent.What
AT_ONCE = 200
"""Leads that one bulk action may change."""
NAMED = 5
"""Leads that a message names."""


@require_safe
@member_view()
def index(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The leads that the tab and the filters in the URL let through."""
    template = "leads/_results.html" if _is_fragment(request) else "leads/index.html"
    return render(request, template, pages.results(request.GET, membership))


@require_safe
@member_view()
def arrivals(request: HttpRequest, membership: Membership) -> HttpResponse:
    """How many leads have come to the list since the page was drawn; `seen` is the newest key of that moment."""
    given = request.GET.get("seen", "")
    seen = int(given) if given.isascii() and given.isdigit() and len(given) < 19 else 0
    number = pages.arrived(membership.agency, FilterForm(request.GET, membership).search(), seen)
    context = {"arrived": number, "newest": seen, "filters": kept(request.GET, KEPT)}
    return render(request, "leads/_arrivals.html", context)


@require_POST
@member_view(Role.AGENT)
def bulk(request: HttpRequest, membership: Membership) -> HttpResponse:
    """One thing for all leads that are ticked: a state, or who is in charge. The list comes back at its place."""
    agency, user = membership.agency, membership.user
    ids = [
        int(pk)
        for pk in request.POST.getlist("lead")[:AT_ONCE]
        if pk.isascii() and pk.isdigit() and len(pk) < 19
    ]
    leads = list(
        Lead.objects.for_agency(agency)
        .filter(pk__in=ids, erased_at=None)
        .select_related("assignee", "agency")
    )
    if "state" in request.POST:
        form = StateForm(request.POST)
        if form.is_valid():
            state = State(form.cleaned_data["state"])
            done = verbs.set_state(leads, state, user)
            _say(request, done, undo.token_of(done, What.STATE, state), len(leads), str(state.label))
    else:
        assignee = AssigneeForm(request.POST, agency=agency)
        if assignee.is_valid():
            colleague = assignee.cleaned_data["assignee"]
            done = verbs.assign(leads, colleague, user)
            token = undo.token_of(done, What.ASSIGNED, colleague.pk if colleague else None)
            _say(request, done, token, len(leads), str(colleague or _("Nobody")))
    return _list(request, membership)


@require_POST
@member_view(Role.AGENT)
def undo_bulk(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Takes back what was done to many leads at once. The list comes back at its place."""
    try:
        undone = undo.undo(membership.agency, membership.user, request.POST.get("undo", ""))
    except BadSignature:
        messages.warning(request, _("This can no longer be undone: that is possible for an hour."))
    else:
        _say_undone(request, undone)
    return _list(request, membership)


@require_safe
@member_view(Role.AGENT)
def download(request: HttpRequest, membership: Membership, extension: str) -> HttpResponseBase:
    """The list as a file. It holds people's addresses, so that viewers do not get it."""
    agency, name = membership.agency, file_name(membership.agency, extension, "leads")
    search = FilterForm(request.GET, membership).search()
    filters = kept(request.GET, [name for name in KEPT if name != "query"])
    export.note_export(agency, membership.user, name, search, filters)
    return download_of(export.header(), export.rows(agency, search), name, _("leads"))


@require_POST
@member_view()
def save(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Keeps the filters, which come as the page's query string in the URL, under a name."""
    form, query = SavedSearchForm(request.POST), kept(request.GET, KEPT)
    if form.is_valid():
        try:
            saved.save_search(membership, form.cleaned_data["name"], query, SavedSearch.Page.LEADS)
        except saved.NameTaken:
            form.add_error("name", _("You already have a saved search of this name."))
    if form.errors:
        return render(request, "leads/save.html", {"form": form, "filters": query}, status=422)
    return redirect(f"{reverse('leads:index', args=[membership.agency.slug])}?{query}")


@require_POST
@member_view()
def delete(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    mine = saved.saved_searches(membership, SavedSearch.Page.LEADS).select_related("agency", "user")
    saved.delete_search(get_object_or_404(mine, pk=pk))
    return redirect("leads:index", membership.agency.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Role.MANAGER)
def hours(request: HttpRequest, membership: Membership) -> HttpResponse:
    """When the agency answers, and how soon it means to."""
    agency = membership.agency
    form = HoursForm(request.POST if request.method == "POST" else None, office_of(agency))
    if form.is_valid():
        change_hours(agency, membership.user, **form.given)
        messages.success(request, _("The office hours are saved."))
        return redirect("leads:hours", agency.slug)
    return render(request, "leads/hours.html", {"form": form}, status=422 if form.errors else 200)


def _say(request: HttpRequest, done: Sequence[Lead], token: str, of: int, what: str) -> None:
    """How many leads were changed, and whether others had been changed by somebody else or were so already.

    What the message says can be undone where it is shown: its tag is the token.
    """
    if done:
        words = ngettext("%(number)d lead: %(what)s.", "%(number)d leads: %(what)s.", len(done))
        messages.success(request, words % {"number": len(done), "what": what}, extra_tags=token)
    if left := of - len(done):
        words = ngettext(
            "%(number)d lead stayed as it was: it is so already, or a colleague was faster.",
            "%(number)d leads stayed as they were: they are so already, or a colleague was faster.",
            left,
        )
        messages.info(request, words % {"number": left})


def _say_undone(request: HttpRequest, undone: undo.Undone) -> None:
    if number := len(undone.back):
        words = ngettext(
            "%(number)d lead is as it was before.", "%(number)d leads are as they were before.", number
        )
        messages.success(request, words % {"number": number})
    if undone.told:
        words = _("%(name)s may have had the mail about it already.")
        messages.info(request, words % {"name": undone.told})
    if number := len(undone.stayed):
        words = ngettext(
            "%(number)d lead stays as it is: it was changed since, or its colleague has left. %(names)s",
            "%(number)d leads stay as they are: they were changed since, or their colleague has left. %(names)s",
            number,
        )
        names = ", ".join(lead.who for lead in undone.stayed[:NAMED]) + (" …" if number > NAMED else "")
        messages.warning(request, words % {"number": number, "names": names})


def _list(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The list after an action, in place or, without scripts, anew."""
    if _is_fragment(request):
        return render(request, "leads/_results.html", pages.results(request.GET, membership))
    return redirect(f"{reverse('leads:index', args=[membership.agency.slug])}?{request.GET.urlencode()}")


def _is_fragment(request: HttpRequest) -> bool:
    return bool(request.htmx and not request.htmx.history_restore_request)  # type: ignore[attr-defined]
