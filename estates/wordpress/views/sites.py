"""An agency's sites: the list, one of them, and what is stored of it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import member_view
from accounts.models import Membership
from accounts.roles import Role
from estates.wordpress import sites
from estates.wordpress.forms import ChangeForm, SiteForm, taken
from estates.wordpress.health.listing import health_of
from estates.wordpress.listing import accounts_of, cards, sites_of, with_health
from estates.wordpress.models import Site
from estates.wordpress.plugins.listing import cards as plugin_cards
from estates.wordpress.proof.listing import elsewhere
from estates.wordpress.replay import last_replays
from estates.wordpress.states import NotNow

page = require_http_methods(["GET", "HEAD", "POST"])
EVENTS = 100


def site_of(request: HttpRequest, membership: Membership, pk: int) -> Site:
    """The site as the person saw it: a form says which version of it that was."""
    site = get_object_or_404(
        sites_of(membership.agency).select_related("key__stored_by").defer("key__ciphertext"), pk=pk
    )
    seen = request.POST.get("version", "")
    if request.method == "POST":
        site.version = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else 0
    return site


@require_safe
@member_view()
def index(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The agency's sites, and for each of its accounts how the last replay of everything went."""
    agency = membership.agency
    accounts = list(accounts_of(agency))
    context = {
        "cards": with_health(agency, cards(agency, sites_of(agency))),
        "accounts": list(zip(accounts, last_replays(agency, accounts), strict=True)),
        "elsewhere": elsewhere(agency).count(),
    }
    return render(request, "wordpress/index.html", context)


@require_safe
@member_view()
def detail(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    site = site_of(request, membership, pk)
    (card,) = cards(membership.agency, [site])
    context = {
        "site": site,
        "card": card,
        "events": site.events.select_related("actor")[:EVENTS],
        "health": health_of(site),
        "plugins": plugin_cards(site),
    }
    return render(request, "wordpress/detail.html", context)


@sensitive_post_parameters("key")
@page
@member_view(Role.MANAGER)
def add(request: HttpRequest, membership: Membership) -> HttpResponse:
    agency = membership.agency
    if not accounts_of(agency).exists():
        return redirect("wordpress:index", agency.slug)
    form = SiteForm(request.POST or None, agency=agency)
    if form.is_valid():
        given = form.cleaned_data
        secret = given.pop("key")
        try:
            site = sites.add_site(agency, membership.user, secret=secret, **given)
        except sites.DomainTaken:
            form.add_error("domain", taken())
        else:
            messages.success(request, _("%(site)s is added. Activate it when it is ready.") % {"site": site})
            return redirect("wordpress:detail", agency.slug, site.pk)
    return render(request, "wordpress/add.html", {"form": form}, status=422 if form.errors else 200)


@sensitive_post_parameters("key")
@page
@member_view(Role.MANAGER)
def change(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    site = site_of(request, membership, pk)
    start = {"theme_id": site.theme_id, "connection": site.connection_id}
    form = ChangeForm(request.POST or None, agency=site.agency, current=site.connection, initial=start)
    if form.is_valid():
        given = form.cleaned_data
        secret = given.pop("key")
        try:
            sites.change_site(site, membership.user, secret=secret, **given)
        except NotNow as refusal:
            messages.warning(request, str(refusal.words))
        else:
            messages.success(request, _("Saved. It is used the next time that the site is activated."))
        return redirect("wordpress:detail", site.agency.slug, pk)
    context = {"form": form, "site": site}
    return render(request, "wordpress/change.html", context, status=422 if form.errors else 200)


@page
@member_view(Role.MANAGER)
def remove(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    site = site_of(request, membership, pk)
    if request.method != "POST":
        return render(request, "wordpress/remove.html", {"site": site})
    try:
        sites.remove_site(site, membership.user)
    except NotNow as refusal:
        messages.warning(request, str(refusal.words))
        return redirect("wordpress:detail", site.agency.slug, pk)
    messages.success(request, _("%(site)s is removed.") % {"site": site})
    return redirect("wordpress:index", site.agency.slug)
