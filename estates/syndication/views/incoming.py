"""Feed files: handing them in, what they hold, and sending them on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from accounts.access import member_view
from accounts.models import Membership
from accounts.roles import Role
from estates.syndication.incoming import page, receiving, sending
from estates.syndication.incoming.files import feed_limit, limit_words, too_large
from estates.syndication.incoming.forms import RemovalForm, UploadForm
from estates.syndication.incoming.refusals import NotNow, Refused
from estates.syndication.models import Feed, FeedItem
from estates.syndication.rules.plans import open_plan

PAGE = 25
ROOM_FOR_THE_FORM = 64 * 1024
"""Bytes of a request besides its file."""


@require_safe
@member_view()
def index(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The agency's feed files, the latest first, and the form that takes one in."""
    return _index(request, membership, UploadForm(agency=membership.agency))


@csrf_exempt  # `_received` is not: to look for the token is to read all that is sent, whatever its length
@require_POST
@member_view(Role.AGENT)
def upload(request: HttpRequest, membership: Membership) -> HttpResponseBase:
    """Answers a script with a sentence or the new page's address, a browser without one with pages."""
    if _length(request) > feed_limit() + ROOM_FOR_THE_FORM:
        return _refused(request, membership, UploadForm(agency=membership.agency), too_large())
    request.upload_handlers = [TemporaryFileUploadHandler(request)]
    return _received(request, membership)


@csrf_protect
def _received(request: HttpRequest, membership: Membership) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES, agency=membership.agency)
    if not form.is_valid():
        words = next((str(errors[0]) for errors in form.errors.values()), "")
        return _refused(request, membership, form, Refused(words), add=False)
    file, actor = form.cleaned_data["file"], membership.user
    try:
        plan = open_plan(form.cleaned_data["connection"], actor)
        feed, is_new = receiving.taken(plan, file, file.name or "", actor)
    except Refused as refusal:
        return _refused(request, membership, form, refusal)
    if not is_new:
        messages.info(request, _("This very file is here already; this is its page."))
    if _is_script(request):
        return HttpResponse(_address(membership, feed), status=201, content_type="text/plain; charset=utf-8")
    return redirect(_address(membership, feed))


@require_safe
@member_view()
def detail(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """A file, with all that sending it does, and its listings; `part` asks for a piece of the page."""
    feed = _feed(membership, pk)
    if request.GET.get("part") == "outcome":
        return _outcome(request, feed)
    if request.htmx and not request.htmx.history_restore_request:  # type: ignore[attr-defined]
        return render(request, "syndication/_feed_items.html", page.results(feed, request.GET))
    return render(request, "syndication/feed.html", page.detail(feed, request.GET))


def _outcome(request: HttpRequest, feed: Feed) -> HttpResponse:
    """The numbers; where they are no longer those that were seen, the list is told to ask for its rows again."""
    context = page.outcome(feed)
    response = render(request, "syndication/_feed_outcome.html", context)
    if request.GET.get("seen") != context["seen"]:
        response["HX-Trigger"] = "outcome-changed"
    return response


@require_POST
@member_view(Role.AGENT)
def send(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    feed = _feed(membership, pk)
    try:
        sending.ask_send(feed, membership.user)
    except NotNow as refusal:
        messages.error(request, str(refusal.words))
    return redirect(_address(membership, feed))


@require_POST
@member_view(Role.AGENT)
def drop(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    feed = _feed(membership, pk)
    try:
        sending.drop(feed, membership.user)
    except NotNow as refusal:
        messages.error(request, str(refusal.words))
        return redirect(_address(membership, feed))
    messages.success(
        request, _("“%(name)s” is discarded. What is online stays as it is.") % {"name": feed.name}
    )
    return redirect("syndication:feeds", membership.agency.slug)


@require_POST
@member_view(Role.MANAGER)
def removal(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    feed, form = _feed(membership, pk), RemovalForm(request.POST)
    if form.is_valid():
        try:
            sending.decide_removal(feed, form.cleaned_data["decision"] == "lapse", membership.user)
        except NotNow as refusal:
            messages.info(request, str(refusal.words))
    return redirect(_address(membership, feed))


def _index(request: HttpRequest, membership: Membership, form: UploadForm, status: int = 200) -> HttpResponse:
    rows, before = _feeds(membership), request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    feeds = list(rows.order_by("-pk")[: PAGE + 1])
    refused = _refusals(membership, feeds[:PAGE])
    context: dict[str, Any] = {
        "form": form,
        "feeds": [(feed, page.BADGES[feed.state], refused.get(feed.pk, 0)) for feed in feeds[:PAGE]],
        "older": feeds[PAGE - 1].pk if len(feeds) > PAGE else None,
        "has_connection": bool(form.fields["connection"].queryset),  # type: ignore[attr-defined]
        "limit": feed_limit(),
        "limit_words": limit_words(),
    }
    return render(request, "syndication/feeds.html", context, status=status)


def _feeds(membership: Membership) -> QuerySet[Feed]:
    return Feed.objects.for_agency(membership.agency).select_related("plan__connection", "uploaded_by")


def _refusals(membership: Membership, feeds: Sequence[Feed]) -> dict[int, int]:
    """How many listings of each of these files Seeki did not take."""
    items = FeedItem.objects.for_agency(membership.agency).filter(feed__in=feeds)
    refused = items.filter(state=FeedItem.State.REFUSED).values_list("feed_id")
    return dict(refused.annotate(n=Count("pk")).order_by())


def _refused(
    request: HttpRequest, membership: Membership, form: UploadForm, refusal: Refused, *, add: bool = True
) -> HttpResponse:
    if _is_script(request):
        said = str(refusal.words)
        return HttpResponse(said, status=refusal.status, content_type="text/plain; charset=utf-8")
    if add:
        form.fault = str(refusal.words)
    return _index(request, membership, form, refusal.status)


def _is_script(request: HttpRequest) -> bool:
    return not request.accepts("text/html")


def _length(request: HttpRequest) -> int:
    """What the request says that it has; a server hands over no more than that."""
    said = request.META.get("CONTENT_LENGTH") or "0"
    return int(said) if said.isascii() and said.isdigit() and len(said) < 16 else 0


def _feed(membership: Membership, pk: int) -> Feed:
    rows = Feed.objects.for_agency(membership.agency)
    return get_object_or_404(
        rows.select_related("agency", "plan__agency", "plan__connection", "uploaded_by", "sent_by"), pk=pk
    )


def _address(membership: Membership, feed: Feed) -> str:
    return reverse("syndication:feed", args=[membership.agency.slug, feed.pk])
