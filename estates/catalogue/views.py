from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import member_view
from accounts.models import Membership
from accounts.roles import Role
from estates.catalogue import export, pages, publish, saved
from estates.catalogue.chips import kept
from estates.catalogue.dossier import dossier, indented
from estates.catalogue.forms import PublicUrlForm, SavedSearchForm, SearchForm
from estates.catalogue.models import Estate, RejectedEstate, SavedSearch, SyncRun
from estates.catalogue.plan import sync_now
from estates.catalogue.removals import confirm_removals, keep_estates
from estates.connections.models import Connection, System

page = require_http_methods(["GET", "HEAD", "POST"])
LISTED = 200


def estate_of(membership: Membership, pk: int) -> Estate:
    estates = Estate.objects.for_agency(membership.agency).select_related("connection", "agency")
    return get_object_or_404(estates.defer("search_text"), pk=pk)


def saved_of(membership: Membership, pk: int) -> SavedSearch:
    mine = SavedSearch.objects.for_agency(membership.agency).filter(user=membership.user)
    return get_object_or_404(mine.select_related("agency", "user"), pk=pk)


def question_of(membership: Membership, pk: int) -> SyncRun:
    runs = SyncRun.objects.for_agency(membership.agency).select_related("connection", "agency").defer("seen")
    return get_object_or_404(runs, pk=pk, status=SyncRun.Status.ASKING)


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
    agency, name = membership.agency, export.file_name(membership.agency, extension)
    asked = SearchForm(request.GET).search()
    export.note_export(agency, membership.user, name, kept(request.GET))
    lines = export.rows(agency, asked)
    if extension == "xlsx":
        return FileResponse(export.write_xlsx(lines), as_attachment=True, filename=name)
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(
        export.write_csv(lines), content_type="text/csv; charset=utf-8", headers=disposition
    )


@require_safe
@member_view()
def detail(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """All that is known of one estate."""
    estate = estate_of(membership, pk)
    form = PublicUrlForm(initial={"url": estate.public_url})
    return _detail(request, estate, form)


def _detail(request: HttpRequest, estate: Estate, form: PublicUrlForm, status: int = 200) -> HttpResponse:
    jobs = pages.jobs_about(estate)
    context = {"dossier": dossier(estate), "estate": estate, "form": form, "jobs": jobs, **pages.tiles()}
    context["publishing"] = any(job.is_open for job in jobs)
    return render(request, "catalogue/detail.html", context, status=status)


@require_POST
@member_view(Role.AGENT)
def set_public_url(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    estate = estate_of(membership, pk)
    form = PublicUrlForm(request.POST)
    if not form.is_valid():
        return _detail(request, estate, form, status=422)
    try:
        publish.ask_public_url(estate, form.cleaned_data["url"], membership.user)
    except publish.OtherUnderWay:
        form.add_error("url", _("Another address is on its way to Ts-Immo. Try again when it has arrived."))
        return _detail(request, estate, form, status=409)
    return redirect("catalogue:detail", membership.agency.slug, estate.pk)


@require_POST
@member_view(Role.AGENT)
def replay(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    estate = estate_of(membership, pk)
    publish.ask_replay(estate, membership.user)
    return redirect("catalogue:detail", membership.agency.slug, estate.pk)


@require_POST
@member_view(Role.AGENT)
def sync(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    mirrored = Connection.objects.for_agency(membership.agency).filter(system=System.TS_IMMO, removed_at=None)
    sync_now(get_object_or_404(mirrored.select_related("agency"), pk=pk), membership.user)
    return redirect("catalogue:search", membership.agency.slug)


@require_safe
@member_view()
def rejected(request: HttpRequest, membership: Membership) -> HttpResponse:
    """What the last syncs could not read, with the reason and what came instead."""
    items = RejectedEstate.objects.for_agency(membership.agency).select_related("connection", "run")
    shown = list(items.order_by("-pk")[: LISTED + 1])
    for item in shown:
        item.body = indented(item.body)
    context = {"items": shown[:LISTED], "more": len(shown) > LISTED}
    return render(request, "catalogue/rejected.html", context)


@page
@member_view(Role.MANAGER)
def removal(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """The question whether estates that are missing may go, and the answer to it."""
    run = question_of(membership, pk)
    if request.method != "POST":
        missing = pages.missing(run)
        context = {"run": run, "missing": missing[:LISTED], "more": run.would_go - LISTED}
        return render(request, "catalogue/removal.html", context)
    decide = confirm_removals if request.POST.get("decision") == "confirm" else keep_estates
    if not decide(run, membership.user):
        messages.warning(request, _("The question was settled meanwhile."))
    elif decide is confirm_removals:
        messages.success(request, _("The missing estates are marked as no longer listed."))
    else:
        messages.success(request, _("Nothing was removed."))
    return redirect("catalogue:search", membership.agency.slug)


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


@page
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
