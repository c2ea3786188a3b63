"""People: finding one, all that they wrote, and saying who is who."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import member_view
from accounts.models import Membership
from accounts.roles import Role
from estates.leads.models import Lead, Person, PersonChange
from estates.leads.people import changes, held
from estates.leads.people.forms import ChosenForm, FindForm, OtherForm
from estates.leads.people.suggestions import suggestions_for, suggestions_of
from estates.leads.people.who import FOUND, REASONS, find, who_is

LEADS, CHANGES = 200, 20


def person_of(membership: Membership, pk: int) -> Person:
    return get_object_or_404(Person.objects.for_agency(membership.agency).select_related("agency"), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view()
def people(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Finds people; `for` in the address is the person for whom another one is sought, to be merged."""
    agency, form = membership.agency, FindForm(request.POST or None)
    sought = OtherForm({"other": request.GET.get("for", "")})
    same = person_of(membership, sought.cleaned_data["other"]) if sought.is_valid() else None
    found = find(agency, form.cleaned_data["text"]) if form.is_valid() else None
    context = {
        "form": form,
        "same": who_is(same) if same else None,
        "found": [who for who in found if not same or who.pk != same.pk] if found is not None else None,
        "is_full": found is not None and len(found) == FOUND,
        "suggestions": [] if same or found is not None else suggestions_of(agency),
    }
    return render(request, "leads/people.html", context)


@require_safe
@member_view()
def person(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """A person's enquiries over all sources, by what they are one person's, and what was decided by hand."""
    found = person_of(membership, pk)
    own = Lead.objects.for_agency(membership.agency).filter(person=found, erased_at=None)
    leads = list(
        own.select_related("estate").defer("search_text").order_by("-happened_at", "-pk")[: LEADS + 1]
    )
    told = PersonChange.objects.for_agency(membership.agency)
    told = (told.filter(person=found) | told.filter(other=found)).select_related("actor")
    context = {
        "person": found,
        "who": who_is(found),
        "merged_into": None if leads else merged_into(found),
        "leads": [(lead, REASONS.get(lead.person_by, "")) for lead in leads[:LEADS]],
        "more": len(leads) > LEADS,
        "suggestions": suggestions_for(found) if leads else [],
        "changes": told[:CHANGES],
    }
    return render(request, "leads/person.html", context)


def merged_into(person: Person) -> int | None:
    """Whose the enquiries of somebody without any are since they were merged."""
    rows = PersonChange.objects.for_agency(person.agency).filter(other=person, undone_at=None)
    return rows.filter(kind=PersonChange.Kind.MERGE).values_list("person_id", flat=True).first()


@require_POST
@member_view(Role.AGENT)
def merge(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """Takes the other person's enquiries to this one."""
    found, form = person_of(membership, pk), OtherForm(request.POST)
    if not form.is_valid():
        return redirect("leads:person", membership.agency.slug, pk)
    other = person_of(membership, form.cleaned_data["other"])
    return done(
        request, found, lambda: changes.merge(found, other, membership.user), _("They are one person now.")
    )


@require_POST
@member_view(Role.AGENT)
def split(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """Takes the chosen enquiries to a person of their own."""
    found = person_of(membership, pk)
    own = Lead.objects.for_agency(membership.agency).filter(person=found).values_list("pk", flat=True)
    form = ChosenForm(request.POST, list(own))
    if not form.is_valid():
        messages.warning(request, str(changes.NOT_THEIRS))
        return redirect("leads:person", membership.agency.slug, pk)
    return done(
        request,
        found,
        lambda: changes.split(found, form.cleaned_data["leads"], membership.user),
        _("The chosen enquiries are another person's now."),
    )


@require_POST
@member_view(Role.AGENT)
def keep_apart(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    found, form = person_of(membership, pk), OtherForm(request.POST)
    if form.is_valid():
        changes.keep_apart(found, person_of(membership, form.cleaned_data["other"]), membership.user)
        messages.success(request, _("They stay two, and are not suggested again."))
    return redirect("leads:person", membership.agency.slug, pk)


@require_POST
@member_view(Role.AGENT)
def undo(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    rows = PersonChange.objects.for_agency(membership.agency).select_related(
        "agency", "person__agency", "other"
    )
    change = get_object_or_404(rows, pk=pk)
    words = _("Undone: every enquiry is where it was before.")
    return done(request, change.person, lambda: changes.undo(change, membership.user), words)


def done(request: HttpRequest, person: Person, verb: Callable[[], object], words: str) -> HttpResponse:
    """Does it, or says why it was not done; then shows the person."""
    try:
        verb()
    except changes.NotNow as refusal:
        messages.warning(request, str(refusal.words))
    else:
        messages.success(request, words)
    return redirect("leads:person", person.agency.slug, person.pk)


@require_safe
@member_view(Role.MANAGER)
def held_page(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """All that is held on a person, to be read and printed."""
    found = person_of(membership, pk)
    context = {
        "person": found,
        "who": who_is(found),
        "leads": held.leads_of(found)[:LEADS],
        "strays": list(held.strays_of(found)),
    }
    return render(request, "leads/person_held.html", context)


@require_safe
@member_view(Role.MANAGER)
def held_file(request: HttpRequest, membership: Membership, pk: int) -> HttpResponseBase:
    """The same as a JSON file, which is kept nowhere here."""
    found = person_of(membership, pk)
    held.note_export(found, membership.user)
    response = StreamingHttpResponse(held.file_of(found), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{membership.agency.slug}-{pk}.json"'
    response["Cache-Control"] = "no-store"
    return response
