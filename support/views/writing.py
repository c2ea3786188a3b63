"""What people write to support: tickets and comments, their drafts, and what becomes of what did not arrive."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import member_view
from accounts.models import Membership
from accounts.roles import Role
from support import drafting, writing
from support.forms import CommentForm, SeenForm, TicketForm, prose
from support.models import Message
from support.pages import opening
from support.views.tickets import address, closed_words, shown, ticket_of

ELSEWHERE = gettext_lazy(
    "This draft was sent or thrown away in another window. What you typed is here; nothing of it was sent."
)
EARLIER = gettext_lazy(
    "An earlier version of this text was sent already. Send it once more if you mean this one too."
)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Role.AGENT)
def new(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The one draft of a new ticket that a person has, and the button that sends it."""
    if not opening.has_sites(membership.agency):
        return render(request, "support/no_site.html")
    if request.method == "POST":
        form = TicketForm(request.POST, agency=membership.agency)
        if message := _open(membership, form):
            return redirect(address(membership, message.ticket_id))
        draft = drafting.draft_of(membership)
    else:
        draft = drafting.draft_of(membership)
        form = opening.begin(membership, draft, request.GET.get("follows"))
    context = opening.page_of(draft, form)
    return render(request, "support/new.html", context, status=422 if form.errors else 200)


def _open(membership: Membership, form: TicketForm) -> Message | None:
    """The opening message of the ticket that the form has become, now or before; None where the form says why not."""
    is_right, token = form.is_valid(), form.cleaned_data.get("token")
    if not drafting.keep(membership, token, form.typed):
        sent = drafting.sent_as(membership, membership.user, token)
        if sent and (sent.ticket.subject, sent.text) == (form.typed["subject"], form.typed["text"].strip()):
            return sent
        form.add_error(None, str(ELSEWHERE))
    elif is_right:
        try:
            ticket = writing.open_ticket(drafting.draft_of(membership), form.cleaned_data["site"])
            return ticket.messages.get(opens=True)
        except writing.NotNow as refusal:
            form.add_error(None, str(refusal.words))
    return None


@require_POST
@member_view(Role.AGENT)
def save_draft(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Keeps what was typed of a new ticket, and says when."""
    form = TicketForm(request.POST, agency=membership.agency)
    form.is_valid()
    return _saved(request, drafting.keep(membership, form.cleaned_data.get("token"), form.typed))


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Role.AGENT)
def drop_draft(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Asks first, naming what goes; then throws away the draft that the person saw."""
    draft = drafting.draft_of(membership)
    if request.method == "POST":
        if request.POST.get("token") == str(draft.token):
            drafting.drop(draft)
            messages.success(request, _("The draft is thrown away."))
        else:
            messages.warning(request, str(writing.CHANGED))
        return redirect("support:index", membership.agency.slug)
    return render(request, "support/drop_draft.html", {"draft": draft})


@require_POST
@member_view(Role.AGENT)
def comment(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    ticket, form = ticket_of(membership, pk), CommentForm(request.POST)
    is_right, typed, user = form.is_valid(), prose(request.POST.get("text", "")), membership.user
    token = form.cleaned_data.get("token") or uuid.uuid4()
    draft = drafting.keep_comment(ticket, user, token, typed)
    if draft is None:
        sent = drafting.sent_as(ticket, user, token)
        if sent and sent.text == typed.strip():
            return redirect(f"{address(membership, pk)}#message-{sent.pk}")
        drafting.keep_comment(ticket, user, uuid.uuid4(), typed)
        form.add_error("text", str(EARLIER))
    elif is_right:
        try:
            message = writing.comment(draft, ticket)
            drafting.drop_comment(ticket, user, token)
            return redirect(f"{address(membership, pk)}#message-{message.pk}")
        except writing.NotNow as refusal:
            form.add_error("text", str(refusal.words))
    return shown(request, membership, ticket, form, status=422)


@require_POST
@member_view(Role.AGENT)
def save_comment_draft(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """Keeps what was typed of a comment, and says when."""
    ticket, form = ticket_of(membership, pk), CommentForm(request.POST)
    form.is_valid()
    token, typed = form.cleaned_data.get("token"), prose(request.POST.get("text", ""))
    return _saved(request, bool(token and drafting.keep_comment(ticket, membership.user, token, typed)))


def _saved(request: HttpRequest, is_kept: bool) -> HttpResponse:
    context = {"is_kept": is_kept, "at": timezone.localtime()}
    return render(request, "support/_saved.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Role.AGENT)
def close(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """Says what closing the ticket does, and asks Ts-Immo to close it."""
    ticket = ticket_of(membership, pk)
    if request.method != "POST" and not closed_words(ticket):
        return render(request, "support/close.html", {"ticket": ticket})
    try:
        writing.close(ticket, membership.user)
    except writing.NotNow as refusal:
        messages.warning(request, str(refusal.words))
    return redirect(address(membership, pk))


@require_POST
@member_view(Role.AGENT)
def send_again(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """Sends a message that was refused, or perhaps did not arrive."""
    message = message_of(request, membership, pk)
    try:
        writing.send_again(message, membership.user)
    except writing.NotNow as refusal:
        messages.warning(request, str(refusal.words))
    return redirect(f"{address(membership, message.ticket_id)}#message-{pk}")


@require_POST
@member_view(Role.AGENT)
def resume(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """Goes on sending what waits in the ticket, where the work was given up."""
    writing.start_sending(ticket_of(membership, pk), membership.user)
    return redirect(address(membership, pk))


@require_POST
@member_view(Role.AGENT)
def arrived(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """The person has seen at Ts-Immo that the message is there."""
    message = message_of(request, membership, pk)
    try:
        writing.has_arrived(message, membership.user)
    except writing.NotNow as refusal:
        messages.warning(request, str(refusal.words))
    return redirect(f"{address(membership, message.ticket_id)}#message-{pk}")


def message_of(request: HttpRequest, membership: Membership, pk: int) -> Message:
    """The agency's message, of the version that the person saw. Raises `Http404`."""
    rows = Message.objects.for_agency(membership.agency).select_related("agency", "ticket__agency")
    message = get_object_or_404(rows, pk=pk)
    form = SeenForm(request.POST)
    message.version = form.cleaned_data["version"] if form.is_valid() else 0
    return message
