"""Addresses that were found for estates: looked for by a manager, accepted or dismissed by an agent."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import member_view
from accounts.models import Membership
from accounts.roles import Role
from estates.catalogue.publish import OtherUnderWay
from estates.wordpress.models import AddressProposal
from estates.wordpress.proof import listing, proposals
from estates.wordpress.proof.finding import ask_addresses
from estates.wordpress.views.publication import own_site


class AcceptForm(forms.Form):
    """The newest proposal that the person has seen."""

    upto = forms.IntegerField(min_value=0, max_value=2**62, widget=forms.HiddenInput)


@require_safe
@member_view()
def addresses(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """What was found on a site and waits for a decision, and how the last search went."""
    site = own_site(membership, pk)
    found = proposals.pending_on(site)
    context = {
        "site": site,
        "page": Paginator(found, listing.PAGE).get_page(request.GET.get("page", "")),
        "certain": proposals.certain_on(site).count(),
        "finding": listing.last_finding(site),
        "unpublished": listing.unpublished(site),
    }
    return render(request, "wordpress/proof_addresses.html", context)


@require_POST
@member_view(Role.MANAGER)
def find(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    site = own_site(membership, pk)
    ask_addresses(site, membership.user)
    return redirect("wordpress:addresses", membership.agency.slug, pk)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Role.AGENT)
def accept_all(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """Says how many addresses would go to Ts-Immo, and sends them."""
    site = own_site(membership, pk)
    certain = proposals.certain_on(site)
    form = AcceptForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        done = proposals.accept_all(site, membership.user, form.cleaned_data["upto"])
        _tell(request, done, certain.count())
        return redirect("wordpress:addresses", membership.agency.slug, pk)
    batch = list(certain[: proposals.AT_ONCE])
    context = {
        "site": site,
        "batch": batch,
        "form": AcceptForm(initial={"upto": batch[-1].pk if batch else 0}),
        "later": certain.count() - len(batch),
        "doubtful": proposals.doubtful_on(site).count(),
    }
    return render(request, "wordpress/proof_accept.html", context, status=422 if form.errors else 200)


def _tell(request: HttpRequest, done: proposals.Accepted, left: int) -> None:
    said = [
        ngettext(
            "%(number)s address is on its way to Ts-Immo.",
            "%(number)s addresses are on their way to Ts-Immo.",
            done.sent,
        )
        % {"number": done.sent}
    ]
    if done.under_way:
        said.append(_("Other addresses of the same estates are still on their way: these stay proposed."))
    if left:
        more = ngettext("%(number)s more is proposed.", "%(number)s more are proposed.", left)
        said.append(more % {"number": left})
    messages.success(request, " ".join(said))


@require_POST
@member_view(Role.AGENT)
def accept(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    proposal = own_proposal(membership, pk)
    try:
        proposals.accept(proposal, membership.user)
    except proposals.Decided:
        messages.warning(request, _("This proposal was decided meanwhile."))
    except OtherUnderWay:
        messages.warning(
            request, _("Another address is on its way to Ts-Immo. Try again when it has arrived.")
        )
    return redirect("wordpress:addresses", membership.agency.slug, proposal.site_id)


@require_POST
@member_view(Role.AGENT)
def dismiss(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    proposal = own_proposal(membership, pk)
    try:
        proposals.dismiss(proposal, membership.user)
    except proposals.Decided:
        messages.warning(request, _("This proposal was decided meanwhile."))
    return redirect("wordpress:addresses", membership.agency.slug, proposal.site_id)


def own_proposal(membership: Membership, pk: int) -> AddressProposal:
    rows = AddressProposal.objects.for_agency(membership.agency).select_related(
        "agency", "site", "estate__agency"
    )
    return get_object_or_404(rows, pk=pk)
