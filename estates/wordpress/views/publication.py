"""Whether estates' public pages are right: of one estate, of a site, and addresses on none of the sites."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import member_view
from accounts.models import Membership
from accounts.roles import Role
from estates.catalogue.models import Estate
from estates.wordpress.listing import sites_of
from estates.wordpress.models import Proof, Site, Verdict
from estates.wordpress.proof import listing
from estates.wordpress.proof.proving import ask_proof, ask_proofs


def own_site(membership: Membership, pk: int) -> Site:
    return get_object_or_404(sites_of(membership.agency), pk=pk)


def own_estate(membership: Membership, pk: int) -> Estate:
    estates = Estate.objects.for_agency(membership.agency).select_related("agency")
    return get_object_or_404(estates.defer("search_text"), pk=pk)


@require_safe
@member_view()
def proof_of(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """The fragment on an estate's page: what its public page showed."""
    estate = own_estate(membership, pk)
    proofs = Proof.objects.for_agency(membership.agency).select_related("site")
    proof = proofs.filter(estate=estate, url=estate.public_url).first()
    context = {"estate": estate, "proof": proof, "job": listing.job_about(estate)}
    return render(request, "wordpress/_proof.html", context)


@require_POST
@member_view(Role.AGENT)
def prove(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    estate = own_estate(membership, pk)
    ask_proof(estate, membership.user)
    return redirect("catalogue:detail", membership.agency.slug, pk)


@require_safe
@member_view()
def publication(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """How the estates of a site are shown on it."""
    site = own_site(membership, pk)
    asked = request.GET.get("verdict", "")
    verdict = asked if asked in listing.ORDER else ""
    parts = listing.parts_of(site)
    context = {
        "site": site,
        "parts": parts,
        "total": sum(part.number for part in parts),
        "verdict": Verdict(verdict) if verdict else None,
        "page": listing.page_of(site, parts, verdict, request.GET.get("page", "")),
        "unpublished": listing.unpublished(site),
        "proposals": listing.proposals_by_site(membership.agency).get(site.pk, 0),
    }
    return render(request, "wordpress/proof.html", context)


@require_POST
@member_view(Role.AGENT)
def prove_all(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    site = own_site(membership, pk)
    number = ask_proofs(site, membership.user)
    words = ngettext(
        "%(number)s page is in line to be looked at.", "%(number)s pages are in line to be looked at.", number
    )
    messages.success(
        request,
        words % {"number": number}
        + " "
        + _("A few are fetched each minute, so that visitors notice nothing."),
    )
    return redirect("wordpress:publication", membership.agency.slug, pk)


@require_safe
@member_view()
def elsewhere(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Estates whose public address lies on none of the agency's sites."""
    page = listing.page_elsewhere(membership.agency, request.GET.get("page", ""))
    return render(request, "wordpress/proof_elsewhere.html", {"page": page})
