"""Files for a new ticket, one in each request, and the files of the tickets there are."""

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from accounts.access import member_view
from accounts.models import Membership
from accounts.roles import Role
from support import drafting
from support.attachments import adding, serving
from support.attachments.limits import ROOM_FOR_THE_FORM, file_limit, size_words
from support.attachments.refusals import Refused, TooLarge
from support.forms import TicketForm
from support.models import Attachment

BY_PAGE = "page"
"""What the buttons of the form say as `by`: the browser has no script, and goes back to the page."""


@csrf_exempt  # `_received` is not: to look for the token is to read all that is sent, whatever its length
@require_POST
@member_view(Role.AGENT)
def upload(request: HttpRequest, membership: Membership) -> HttpResponseBase:
    if _length(request) > file_limit() + ROOM_FOR_THE_FORM:
        return _said(TooLarge(_("It is larger than %(size)s.") % {"size": size_words(file_limit())}))
    return _received(request, membership)


@csrf_protect
def _received(request: HttpRequest, membership: Membership) -> HttpResponse:
    draft = drafting.draft_of(membership)
    try:
        attachment = adding.add(draft, _sent(request), membership.user)
    except Refused as refusal:
        return _back(request, membership, refusal) if _is_by_page(request) else _said(refusal)
    if _is_by_page(request):
        return _back(request, membership)
    context = {"attachment": attachment, "may_remove": True}
    return render(request, "support/_attachment.html", context, status=201)


@require_safe
@member_view()
def download(request: HttpRequest, membership: Membership, pk: int) -> HttpResponseBase:
    attachment = get_object_or_404(serving.visible_to(membership).select_related("agency"), pk=pk)
    try:
        return serving.download(request, attachment, membership.user)
    except FileNotFoundError as lost:
        raise Http404 from lost


@require_safe
@member_view()
def thumbnail(request: HttpRequest, membership: Membership, pk: int) -> HttpResponseBase:
    attachment = get_object_or_404(serving.visible_to(membership).exclude(thumbnail_as=""), pk=pk)
    try:
        return serving.thumbnail(attachment)
    except FileNotFoundError as lost:
        raise Http404 from lost


@require_POST
@member_view(Role.AGENT)
def remove(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    rows = Attachment.objects.for_agency(membership.agency).filter(draft__user=membership.user)
    adding.remove(get_object_or_404(rows.select_related("agency", "draft"), pk=pk), membership.user)
    return _back(request, membership) if _is_by_page(request) else HttpResponse()


def _sent(request: HttpRequest) -> UploadedFile:
    files = request.FILES.getlist("file")
    if len(files) != 1:
        raise Refused(_("Send one file at a time.") if files else _("Choose a file first."))
    return files[0]


def _said(refusal: Refused) -> HttpResponse:
    return HttpResponse(refusal.sentence, status=refusal.status, content_type="text/plain; charset=utf-8")


def _is_by_page(request: HttpRequest) -> bool:
    return request.POST.get("by") == BY_PAGE


def _back(request: HttpRequest, membership: Membership, refusal: Refused | None = None) -> HttpResponse:
    """To the form again, with all that was typed in it."""
    form = TicketForm(request.POST, agency=membership.agency)
    form.is_valid()
    drafting.keep(membership, form.cleaned_data.get("token"), form.typed)
    if refusal:
        messages.error(request, refusal.sentence)
    return redirect("support:new", membership.agency.slug)


def _length(request: HttpRequest) -> int:
    """What the request says that it has; a server hands over no more than that."""
    said = request.META.get("CONTENT_LENGTH") or "0"
    return int(said) if said.isascii() and said.isdigit() and len(said) < 16 else 0
