"""One estate: what is known of it, and what goes back to Ts-Immo."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import member_view
from accounts.models import Membership
from accounts.roles import Role
from estates.catalogue import pages, publish
from estates.catalogue.chips import kept
from estates.catalogue.dossier import dossier
from estates.catalogue.forms import PublicUrlForm
from estates.catalogue.models import Estate


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
    context["filters"] = kept(request.GET)
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
    messages.success(request, _("The address is on its way to Ts-Immo. Below you see when it has arrived."))
    return _to_publishing(estate)


@require_POST
@member_view(Role.AGENT)
def replay(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    estate = estate_of(membership, pk)
    publish.ask_replay(estate, membership.user)
    messages.success(
        request, _("Ts-Immo is asked to send this estate to your sites. Below you see how that went.")
    )
    return _to_publishing(estate)


def _to_publishing(estate: Estate) -> HttpResponse:
    """The part of the page that shows what becomes of what was asked, far below on a phone."""
    page = reverse("catalogue:detail", args=[estate.agency.slug, estate.pk])
    return redirect(f"{page}#publishing")


def estate_of(membership: Membership, pk: int) -> Estate:
    estates = Estate.objects.for_agency(membership.agency).select_related("connection", "agency")
    return get_object_or_404(estates.defer("search_text"), pk=pk)
