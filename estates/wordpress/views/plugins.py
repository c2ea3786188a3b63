"""The plugins of a site: what there is, what changed, and the files themselves."""

from collections.abc import Callable
from contextlib import suppress

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import member_view
from accounts.models import Membership
from accounts.roles import Role
from estates.jobs.models import Job
from estates.wordpress.models import PluginLook, Site, SitePlugin
from estates.wordpress.models.plugins import with_rivals
from estates.wordpress.plugins import serving
from estates.wordpress.plugins.fetching import ask_fetch
from estates.wordpress.plugins.listing import Standing, cards, standing_of
from estates.wordpress.plugins.looking import KIND, ask_look
from estates.wordpress.states import NotNow
from estates.wordpress.switching import latest_job
from estates.wordpress.views.sites import site_of


def plugin_of(membership: Membership, pk: int, plugin: int) -> SitePlugin:
    """A plugin of a site, by both their ids."""
    rows = SitePlugin.objects.for_agency(membership.agency).filter(site=pk).defer("description", "changes")
    return get_object_or_404(with_rivals(rows).select_related("site__agency", "file", "agency"), pk=plugin)


@require_safe
@member_view()
def index(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    site = site_of(request, membership, pk)
    job = latest_job(site, KIND)
    context = {
        "site": site,
        "cards": cards(site),
        "look": PluginLook.objects.filter(site=site).first(),
        "job": job,
        "is_busy": bool(job and job.is_open),
    }
    return render(request, "wordpress/plugins.html", context)


@require_POST
@member_view(Role.AGENT)
def look(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    site = site_of(request, membership, pk)
    return asked(request, site, lambda: ask_look(site, membership.user))


@require_POST
@member_view(Role.AGENT)
def fetch(request: HttpRequest, membership: Membership, pk: int, plugin: int) -> HttpResponse:
    found = plugin_of(membership, pk, plugin)
    return asked(request, found.site, lambda: ask_fetch(found, membership.user))


@require_safe
@member_view(Role.AGENT)
def download(request: HttpRequest, membership: Membership, pk: int, plugin: int) -> HttpResponseBase:
    found = plugin_of(membership, pk, plugin)
    if found.file is None or found.withdrawn_at:
        raise Http404
    if standing_of(found) == Standing.READY:
        try:
            return serving.answer(request, found, found.file, membership.user)
        except FileNotFoundError:
            with suppress(NotNow):
                ask_fetch(found, membership.user)
    messages.warning(request, _("This file is not to be had at the moment. Here is why."))
    return redirect("wordpress:plugins", membership.agency.slug, pk)


def asked(request: HttpRequest, site: Site, verb: Callable[[], Job]) -> HttpResponse:
    try:
        verb()
    except NotNow as refusal:
        messages.warning(request, str(refusal.words))
    return redirect("wordpress:plugins", site.agency.slug, site.pk)
