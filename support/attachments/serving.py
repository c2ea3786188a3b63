"""Giving an attachment to a person: as a download that no browser opens as a page of ours."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.db.models import Q, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header

from accounts.audit import record
from accounts.models import Membership, User
from support.models import Attachment

PIECE = 64 * 1024
THUMBNAIL_LASTS = 3600
"""Seconds that a browser keeps one for its person; it never changes."""
HARMLESS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Download-Options": "noopen",
}


def visible_to(membership: Membership) -> QuerySet[Attachment]:
    """The files of the agency's tickets, and those of the person's own drafts."""
    theirs = Q(message__isnull=False) | Q(draft__user=membership.user)
    return Attachment.objects.for_agency(membership.agency).filter(theirs)


def download(request: HttpRequest, attachment: Attachment, actor: User | None) -> HttpResponseBase:
    """Raises `FileNotFoundError` where the storage has lost it. Every GET is an entry of the audit trail."""
    headers = {**HARMLESS, "Cache-Control": "private, no-store", "Content-Length": str(attachment.size)}
    if request.method == "HEAD":
        headers["Content-Disposition"] = content_disposition_header(True, attachment.name) or "attachment"
        return HttpResponse(content_type=attachment.mime_type, headers=headers)
    body = default_storage.open(attachment.stored_as)
    record(
        attachment.agency,
        actor,
        "attachment.downloaded",
        attachment.name,
        sha256=attachment.sha256,
    )
    response = FileResponse(
        body,
        as_attachment=True,
        filename=attachment.name,
        content_type=attachment.mime_type,
        headers=headers,
    )
    response.block_size = PIECE
    return response


def thumbnail(attachment: Attachment) -> HttpResponseBase:
    """Only what was painted here is ever shown in place. Raises `FileNotFoundError`."""
    headers = {**HARMLESS, "Cache-Control": f"private, max-age={THUMBNAIL_LASTS}, immutable"}
    body = default_storage.open(attachment.thumbnail_as)
    response = FileResponse(body, content_type="image/webp", headers=headers)
    response["Content-Disposition"] = "inline"
    return response
