"""The list of estates: found, exported, and its filters kept under a name."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import member_view
from accounts.models import Membership
from estates.catalogue import export, pages, saved
from estates.catalogue.chips import kept
from estates.catalogue.forms import SavedSearchForm, SearchForm
from estates.catalogue.models import SavedSearch
from estates.catalogue.spreadsheets import download_of, file_name


@require_safe
@member_view()
def search(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The estates that the filters in the URL let through: cards, a table or a map."""
    context = pages.results(request, membership)
    if request.htmx and not request.htmx.history_restore_request:  # type: ignore[attr-defined]
        return render(request, "catalogue/_results.html", context)
    context |= pages.surroundings(request, membership)
    return render(request, "catalogue/search.html", context)


@require_safe
@member_view()
def download(request: HttpRequest, membership: Membership, extension: str) -> HttpResponseBase:
    """What the filters let through, as a file."""
    agency, name = membership.agency, file_name(membership.agency, extension)
    asked = SearchForm(request.GET).search()
    export.note_export(agency, membership.user, name, kept(request.GET))
    return download_of(export.header(), export.rows(agency, asked), name, _("estates"))


@require_POST
@member_view()
def save(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Keeps the filters, which come as the page's query string in the URL, under a name."""
    form = SavedSearchForm(request.POST)
    query = kept(request.GET)
    if form.is_valid():
        try:
            saved.save_search(membership, form.cleaned_data["name"], query)
        except saved.NameTaken:
            form.add_error("name", _("You already have a saved search of this name."))
    if form.errors:
        return render(request, "catalogue/save.html", {"form": form, "filters": query}, status=422)
    return redirect(pages.search_address(membership, query))


@require_http_methods(["GET", "HEAD", "POST"])
@member_view()
def rename(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    search = saved_of(membership, pk)
    form = SavedSearchForm(request.POST or None, initial={"name": search.name})
    if form.is_valid():
        try:
            saved.rename_search(search, form.cleaned_data["name"])
            return redirect(pages.search_address(membership, search.query))
        except saved.NameTaken:
            form.add_error("name", _("You already have a saved search of this name."))
    status = 422 if form.errors else 200
    return render(request, "catalogue/rename.html", {"form": form, "saved": search}, status=status)


@require_POST
@member_view()
def delete(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    saved.delete_search(saved_of(membership, pk))
    return redirect("catalogue:search", membership.agency.slug)


def saved_of(membership: Membership, pk: int) -> SavedSearch:
    return get_object_or_404(saved.saved_searches(membership).select_related("agency", "user"), pk=pk)
