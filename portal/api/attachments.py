"""Files of tickets: handed in before the ticket that names them, and read again."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from ninja import Field, Query, Schema

from accounts.models import PartnerKey, Scope
from portal.api.bodies import spooled
from portal.api.conditional import FRESH, holds, tag_of, unchanged
from portal.api.errors import Error, Refusal
from portal.api.keys import needs
from portal.api.once import once
from portal.api.raw_bodies import binary, body
from portal.api.ticket_shape import AttachmentOut, shown_file
from portal.api.ticket_writing import ERRORS
from portal.api.tickets import router
from support import partners
from support.attachments.examine import examined
from support.attachments.kinds import KINDS
from support.attachments.limits import require_file
from support.attachments.refusals import Refused
from support.attachments.serving import download
from support.models import Attachment

BYTES = "application/octet-stream"
CONTENT_TYPES = {BYTES, *(kind.mime_type for kind in KINDS.values())}
READING = {401: Error, 403: Error, 404: Error, 422: Error, 429: Error}
FILE = {
    "responses": {
        200: {
            "content": {"*/*": {}},
            "headers": {
                "Content-Disposition": {
                    "description": "Always `attachment`, with the file's name",
                    "schema": {"type": "string"},
                }
            },
        }
    }
}


class FileIn(Schema):
    """What goes with a file, in the query."""

    filename: str = Field(
        min_length=1,
        max_length=255,
        description="What people see it as. Its ending says what it is: " + ", ".join(KINDS),
        examples=["screenshot.png"],
    )

    model_config = {"extra": "forbid"}


@router.post(
    "/attachments",
    auth=needs(Scope.SUPPORT_WRITE),
    response={201: AttachmentOut} | ERRORS | {415: Error},
    openapi_extra=body(binary()),
)
def add_attachment(request: HttpRequest, given: Query[FileIn]) -> HttpResponse:
    """Hand in a file as the body, for a ticket that will name its id. It is deleted if none does within two days.

    It has to be what the ending of its name says. Pictures are painted anew, without what cameras note in them.
    """
    key: PartnerKey = request.partner_key  # type: ignore[attr-defined]
    if (request.content_type or BYTES) not in CONTENT_TYPES:
        raise Refusal(415, f"Content-Type: one of {', '.join(sorted(CONTENT_TYPES))}")
    try:
        return _taken(request, key, given.filename)
    except Refused as refusal:
        raise Refusal(refusal.status, f"file: {refusal.sentence}") from None


@router.get(
    "/attachments/{int:attachment_id}",
    auth=needs(Scope.SUPPORT_READ),
    response={200: None, 304: None} | READING,
    openapi_extra=FILE,
)
def attachment(request: HttpRequest, attachment_id: int) -> HttpResponseBase:
    """A ticket's file, to be saved and not shown in place: it may hold whatever people were sent."""
    key: PartnerKey = request.partner_key  # type: ignore[attr-defined]
    rows = Attachment.objects.for_agency(key.agency).filter(message__isnull=False)
    found = rows.select_related("agency").filter(pk=attachment_id).first()
    if found is None:
        raise Refusal(404, "Not found")
    tag = tag_of(found.sha256, found.name)
    if holds(request, tag):
        return unchanged(tag)
    try:
        answer = download(request, found, None)
    except FileNotFoundError:
        raise Refusal(404, "Not found") from None
    for name, value in (FRESH | {"ETag": tag}).items():
        answer.headers[name] = value
    return answer


def _taken(request: HttpRequest, key: PartnerKey, name: str) -> HttpResponse:
    with spooled(request, require_file) as spool, examined(spool.file, name) as found:

        def effect() -> tuple[int, Any]:
            kept = partners.hand_in(key, found)
            return 201, shown_file(kept)

        return once(request, key, f"{spool.sha256} {request.META['QUERY_STRING']}", effect)
