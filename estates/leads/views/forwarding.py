"""What becomes of a lead: who has it, and how Ts-Immo took it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import member_view
from accounts.models import Membership
from accounts.roles import Role
from estates.leads.forwarding import forward as verbs
from estates.leads.forwarding.buyer import prefilled
from estates.leads.forwarding.forms import LeadForm
from estates.leads.models import Forwarding, Lead, Notice
from estates.leads.routing.claim import open_offer


def lead_of(membership: Membership, pk: int) -> Lead:
    leads = Lead.objects.for_agency(membership.agency).select_related(
        "agency", "assignee", "connection", "estate__connection"
    )
    return get_object_or_404(leads.defer("search_text", "estate__search_text", "estate__digest"), pk=pk)


@require_safe
@member_view()
def handling(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """Who is in charge and what Ts-Immo said: a page, and by htmx the part of it that another page shows."""
    lead = lead_of(membership, pk)
    offer = open_offer(lead)
    context = {
        "lead": lead,
        "offer": offer,
        "may_claim": offer is not None and offer.people.filter(pk=membership.user_id).exists(),
        "notices": Notice.objects.for_agency(lead.agency)
        .filter(lead=lead)
        .select_related("user")
        .order_by("pk"),
        "forwardings": verbs.cards_of(lead),
        "may_forward": verbs.may_forward(lead.estate) and not lead.erased_at,
    }
    is_part = request.htmx  # type: ignore[attr-defined]
    return render(request, "leads/_handling.html" if is_part else "leads/handling.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Role.AGENT)
def forward(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """The lead as it would go to Ts-Immo, to be changed and sent."""
    lead = lead_of(membership, pk)
    if lead.estate is None or lead.erased_at or not verbs.may_forward(lead.estate):
        messages.warning(request, _("Link an estate of a Ts-Immo account first: the lead is sent with it."))
        return redirect("leads:handling", lead.agency.slug, pk)
    before = Forwarding.objects.for_agency(lead.agency).filter(lead=lead, connection=lead.estate.connection)
    sent = before.first()
    form = LeadForm(request.POST or None, initial=sent.buyer if sent else prefilled(lead, lead.estate))
    if form.is_valid():
        try:
            verbs.forward(lead, lead.estate, membership.user, form.buyer())
        except verbs.NotNow:
            messages.warning(request, _("Nothing was sent: a colleague is sending this lead already."))
        return redirect("leads:handling", lead.agency.slug, pk)
    context = {"lead": lead, "form": form, "sent": sent}
    return render(request, "leads/forward.html", context, status=422 if form.errors else 200)
