"""An agency's tickets: the list, a ticket with its thread, and what a reader does about them."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import member_view
from accounts.models import Membership
from accounts.roles import Role
from estates.catalogue.chips import kept
from support import drafting, writing
from support.forms import KEPT, CommentForm, UptoForm, WatchForm
from support.mirror.mirror import read_now
from support.models import Ticket
from support.pages import listing, reading
from support.pages.thread import digest_of, thread_of


@require_safe
@member_view()
def index(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The tickets that the tab and the filters in the URL let through."""
    is_fragment = request.htmx and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    template = "support/_results.html" if is_fragment else "support/index.html"
    return render(request, template, listing.results(request.GET, membership))


@require_POST
@member_view()
def read_all(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Marks as read what had come when the page was drawn."""
    form = UptoForm(request.POST)
    if form.is_valid():
        number = reading.mark_all_read(membership.agency, membership.user, form.cleaned_data["upto"])
        words = ngettext(
            "%(number)d ticket is marked as read.", "%(number)d tickets are marked as read.", number
        )
        messages.success(request, words % {"number": number})
    return redirect("support:index", membership.agency.slug)


@require_POST
@member_view(Role.AGENT)
def look(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Has the tickets of all the agency's domains read at Ts-Immo now."""
    for domain in listing.mirrored(membership.agency)[: listing.SIZE]:
        read_now(domain, membership.user)
    messages.info(request, _("Your tickets are being read at Ts-Immo. Look again in a moment."))
    return redirect("support:index", membership.agency.slug)


@require_safe
@member_view()
def detail(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    return shown(request, membership, ticket_of(membership, pk))


@require_safe
@member_view()
def thread(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """The fragment with the messages, which the page asks for again and again; nothing where nothing has changed."""
    ticket = ticket_of(membership, pk)
    if request.GET.get("seen") == digest_of(ticket):
        return HttpResponse(status=204)
    context = _thread(request, membership, ticket) | {"is_fragment": True}
    return render(request, "support/_thread.html", context)


@require_POST
@member_view(Role.AGENT)
def read(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """Has the ticket read at Ts-Immo now."""
    read_now(ticket_of(membership, pk), membership.user)
    messages.info(request, _("The ticket is being read at Ts-Immo. What is new appears here by itself."))
    return redirect(address(membership, pk))


@require_POST
@member_view()
def watch(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """Whether the reader gets mails about the ticket."""
    ticket, form = ticket_of(membership, pk), WatchForm(request.POST)
    if form.is_valid():
        watches = form.cleaned_data["watches"]
        writing.follow(ticket, membership.user, watches=watches)
        words = (
            _("You get a mail when support answers.") if watches else _("You get no mails about this ticket.")
        )
        messages.success(request, words)
    return redirect(address(membership, pk))


def ticket_of(membership: Membership, pk: int) -> Ticket:
    """The agency's ticket. Raises `Http404`."""
    return get_object_or_404(_tickets(membership), pk=pk)


def address(membership: Membership, pk: int) -> str:
    return reverse("support:detail", args=[membership.agency.slug, pk])


def shown(
    request: HttpRequest,
    membership: Membership,
    ticket: Ticket,
    form: CommentForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The ticket's page, with the comment that is being written: the form's, or the draft that was kept."""
    user = membership.user
    draft = drafting.comment_of(ticket, user) if membership.may(Role.AGENT) else None
    if form is None and draft:
        form = CommentForm(initial={"text": draft.text, "token": draft.token})
    closed = closed_words(ticket)
    context = _thread(request, membership, ticket) | {
        "form": form,
        "draft": draft,
        "unsent": drafting.unsent_of(ticket, user, form["text"].value() or "") if form and closed else "",
        "filters": kept(request.GET, [*KEPT, "page"]),
        "closed_words": closed,
    }
    return render(request, "support/detail.html", context, status=status)


def closed_words(ticket: Ticket) -> str:
    """Why nothing more can be written to the ticket, or ""."""
    try:
        writing.require_open(ticket)
    except writing.NotNow as refusal:
        return str(refusal.words)
    return ""


def _thread(request: HttpRequest, membership: Membership, ticket: Ticket) -> dict[str, Any]:
    """The messages as they are shown, and so read."""
    whole = request.GET.get("all") == "1"
    thread = thread_of(ticket, membership.user, whole=whole)
    following = reading.mark_read(ticket, membership.user)
    watches = bool(following and following.watches)
    return {
        "ticket": ticket,
        "thread": thread,
        "whole": whole,
        "watches": watches,
        "may_write": membership.may(Role.AGENT) and not closed_words(ticket),
    }


def _tickets(membership: Membership) -> QuerySet[Ticket]:
    tickets = Ticket.objects.for_agency(membership.agency).defer("raw", "digest")
    return tickets.select_related("agency", "connection", "site", "follows", "close_asked_by")
