"""Data protection: erasing a person, the receipts, and how long silent people are kept."""

from django.contrib import messages
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import member_view
from accounts.models import Membership
from accounts.roles import Role
from estates.jobs.models import Job
from estates.leads.erasure import receipts, retention
from estates.leads.erasure.erase import Changed, erase_person
from estates.leads.erasure.forms import AddressForm, PurgeForm, RetentionForm
from estates.leads.erasure.hashes import erasures_of
from estates.leads.models import Erasure, Lead
from estates.leads.people.forms import SeenForm
from estates.leads.people.who import who_are, who_is
from estates.leads.views.people import person_of

RECEIPTS, LISTED, CAP = 50, 200, 1000
STAMP = "%Y-%m-%dT%H:%M:%S.%f%z"


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Role.MANAGER)
def erase(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """Names the person and says what goes and what stays; then erases those enquiries that were seen."""
    person, slug = person_of(membership, pk), membership.agency.slug
    leads = Lead.objects.for_agency(membership.agency).filter(person=person, erased_at=None)
    if request.method != "POST":
        seen = ",".join(map(str, leads.order_by("pk").values_list("pk", flat=True)))
        context = {"person": person, "who": who_is(person), "seen": seen}
        return render(request, "leads/erase.html", context)
    form = SeenForm(request.POST)
    try:
        if not form.is_valid():
            raise Changed
        erasure = erase_person(person, membership.user, seen=form.cleaned_data["seen"])
    except Changed:
        words = _(
            "Nothing was erased: the enquiries of this person changed meanwhile. Look at them as they are now."
        )
        messages.warning(request, words)
        return redirect("leads:person", slug, pk)
    return redirect("leads:erasure", slug, erasure.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Role.MANAGER)
def erasures(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The receipts, newest first, and the answer whether an address was erased."""
    agency, form = membership.agency, AddressForm(request.POST or None)
    since = retention.silent_since(agency)
    rows = Erasure.objects.for_agency(agency).select_related("asked_by").order_by("-pk")
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    page = list(rows[: RECEIPTS + 1])
    context = {
        "form": form,
        "answer": erasures_of(agency, form.cleaned_data["address"]) if form.is_valid() else None,
        "erasures": page[:RECEIPTS],
        "older": page[RECEIPTS - 1].pk if len(page) > RECEIPTS else None,
        "retention": retention.retention_of(agency),
        "retention_form": RetentionForm.of(retention.retention_of(agency)),
        "due": retention.due(agency, since)[: CAP + 1].count()
        if retention.old_leads(agency, since).exists()
        else 0,
        "cap": CAP,
    }
    return render(request, "leads/erasures.html", context)


@require_safe
@member_view(Role.MANAGER)
def erasure(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """The receipt, to be printed for the file."""
    rows = Erasure.objects.for_agency(membership.agency).select_related("asked_by")
    found = get_object_or_404(rows, pk=pk)
    jobs = Job.objects.for_agency(membership.agency).filter(kind="leads.erase", subject=f"erasure:{pk}")
    context = {"erasure": found, "lines": receipts.lines(found), "job": jobs.order_by("-pk").first()}
    return render(request, "leads/erasure.html", context)


@require_POST
@member_view(Role.MANAGER)
def set_retention(request: HttpRequest, membership: Membership) -> HttpResponse:
    form = RetentionForm(request.POST)
    if form.is_valid():
        retention.set_retention(membership.agency, actor=membership.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
    else:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    return redirect("leads:erasures", membership.agency.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Role.MANAGER)
def silent(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Who has been silent for too long, to be looked at before they are erased."""
    agency = membership.agency
    if request.method == "POST":
        return purge(request, membership)
    since = retention.silent_since(agency)
    due = retention.due(agency, since)
    shown = retention.last_contacts(due, LISTED)
    known = {who.pk: who for who in who_are(agency, [pk for pk, _last in shown])}
    context = {
        "since": since,
        "stamp": since.strftime(STAMP),
        "up_to": due.aggregate(newest=Max("pk"))["newest"],
        "people": [(known[pk], last) for pk, last in shown if pk in known],
        "due": due[: CAP + 1].count(),
        "cap": CAP,
        "retention": retention.retention_of(agency),
    }
    return render(request, "leads/silent.html", context)


def purge(request: HttpRequest, membership: Membership) -> HttpResponse:
    form = PurgeForm(request.POST)
    try:
        if not form.is_valid():
            raise retention.TooEarly
        asked = form.cleaned_data
        started = retention.purge(membership.agency, asked["since"], asked["up_to"], membership.user)
    except retention.TooEarly:
        words = _(
            "Nothing was erased: people are kept longer now than when the list was made. Look at it again."
        )
        messages.warning(request, words)
        return redirect("leads:silent", membership.agency.slug)
    return redirect("leads:erasure", membership.agency.slug, started.pk)
