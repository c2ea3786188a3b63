"""What a partner writes to Ts-Immo's support in the agency's name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Schema
from pydantic import AfterValidator

from accounts.models import Agency, PartnerKey, Scope
from accounts.names import tidy
from estates.wordpress.domains import LONGEST
from estates.wordpress.listing import sites_of
from estates.wordpress.models import Site
from portal.api.errors import Error, Refusal
from portal.api.keys import needs
from portal.api.once import digest_of, once
from portal.api.sites import domain_of
from portal.api.tickets import router
from support import partners, writing
from support.attachments.refusals import Refused
from support.forms import TEXT_LIMIT, prose
from support.models import Ticket
from support.models.tickets import SUBJECT_LIMIT
from support.pages.thread import job_of

ERRORS = {
    400: Error,
    401: Error,
    403: Error,
    404: Error,
    409: Error,
    413: Error,
    422: Error,
    429: Error,
}
LARGEST = 2**63 - 1
MOST_FILES = 100
DISCONNECTED = "The site's account at Ts-Immo is not connected any more."


def _something(text: str) -> str:
    if not text.strip():
        raise ValueError("write something")
    return text


Id = Annotated[int, Field(ge=1, le=LARGEST)]
Subject = Annotated[str, AfterValidator(tidy), AfterValidator(_something)]
Text = Annotated[str, AfterValidator(prose), AfterValidator(_something)]


class TicketIn(Schema):
    """Ts-Immo's fields; its reporter is the key."""

    domain: str | None = Field(
        None,
        max_length=LONGEST,
        description="Which of the agency's sites it is about; needed where there are several",
        examples=["www.your-agency.com"],
    )
    subject: Subject = Field(
        min_length=1, max_length=SUBJECT_LIMIT, examples=["Sync issue on property REF-001"]
    )
    message: Text = Field(
        min_length=1,
        max_length=TEXT_LIMIT,
        examples=["The property is not appearing on the website after sync."],
    )
    follows: Id | None = Field(None, description="An earlier ticket that it refers to", examples=[None])
    attachments: list[Id] = Field(
        [],
        max_length=MOST_FILES,
        description="Files that were handed in before: POST /support/attachments",
    )

    model_config = {"extra": "forbid"}


class CommentIn(Schema):
    comment: Text = Field(
        min_length=1, max_length=TEXT_LIMIT, examples=["It happens on another property, too."]
    )

    model_config = {"extra": "forbid"}


class TicketAsked(Schema):
    """Ts-Immo's answer is not awaited: the job says what became of it (GET /jobs/{id})."""

    id: int = Field(description="The ticket's: GET /support/tickets/{id}", examples=[64])
    job: int = Field(examples=[815])


class CommentAsked(TicketAsked):
    comment: int = Field(description="The comment's id within the ticket", examples=[129])


@router.post("/tickets", auth=needs(Scope.SUPPORT_WRITE), response={202: TicketAsked} | ERRORS)
def open_ticket(request: HttpRequest, given: TicketIn) -> HttpResponse:
    """Open a ticket. The agency's people see it with the key's name as its author; it is sent once."""
    key: PartnerKey = request.partner_key  # type: ignore[attr-defined]
    site, follows = _site(key.agency, given.domain), _followed(key.agency, given.follows)

    def effect() -> tuple[int, Any]:
        try:
            made = partners.open_ticket(key, site, given.subject, given.message, follows, given.attachments)
        except partners.NoSuchFile as missing:
            at = given.attachments.index(missing.pk)
            raise Refusal(422, f"attachments.{at}: {missing.words}") from None
        return 202, _asked(made)

    return _once(request, key, effect)


@router.post(
    "/tickets/{int:ticket_id}/comments",
    auth=needs(Scope.SUPPORT_WRITE),
    response={202: CommentAsked} | ERRORS,
)
def comment_ticket(request: HttpRequest, ticket_id: int, given: CommentIn) -> HttpResponse:
    """Comment on a ticket that is open. Ts-Immo takes files only with a new ticket."""
    key: PartnerKey = request.partner_key  # type: ignore[attr-defined]
    found = _ticket(key.agency, ticket_id)

    def effect() -> tuple[int, Any]:
        made = partners.comment(key, found, given.comment)
        return 202, _asked(found) | {"comment": made.pk}

    return _once(request, key, effect)


@router.post(
    "/tickets/{int:ticket_id}/close", auth=needs(Scope.SUPPORT_WRITE), response={202: TicketAsked} | ERRORS
)
def close_ticket(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Have Ts-Immo close a ticket, behind all comments that are still on their way to it.

    Where it is not closed in the end, the ticket's `close_answer` says why.
    """
    key: PartnerKey = request.partner_key  # type: ignore[attr-defined]
    found = _ticket(key.agency, ticket_id)

    def effect() -> tuple[int, Any]:
        writing.close(found, None)
        return 202, _asked(found)

    return _once(request, key, effect)


def _once(request: HttpRequest, key: PartnerKey, effect: Callable[[], tuple[int, Any]]) -> HttpResponse:
    """Raises Refusal 409 for what the ticket is not open to, 422 for its files."""
    try:
        return once(request, key, digest_of(request), effect)
    except writing.NotNow as not_now:
        is_ours = not_now.words is writing.KEY_DELETED
        raise Refusal(409, DISCONNECTED if is_ours else str(not_now.words)) from None
    except Refused as refused:
        raise Refusal(422, f"attachments: {refused.words}") from None


def _asked(ticket: Ticket) -> dict[str, Any]:
    job = job_of(ticket)
    return {"id": ticket.pk, "job": job and job.pk}


def _site(agency: Agency, wanted: str | None) -> Site:
    """The one of this domain, or the only one. Raises Refusal 422."""
    sites = sites_of(agency)
    found = list(sites[:2] if wanted is None else sites.filter(domain=domain_of(wanted)))
    if len(found) == 1:
        return found[0]
    raise Refusal(422, "domain: there are several sites, name one" if found else "domain: no such site")


def _followed(agency: Agency, pk: int | None) -> Ticket | None:
    if pk is None:
        return None
    found = Ticket.objects.for_agency(agency).filter(pk=pk).defer("raw", "digest").first()
    if found is None:
        raise Refusal(422, "follows: there is no such ticket")
    return found


def _ticket(agency: Agency, pk: int) -> Ticket:
    rows = Ticket.objects.for_agency(agency).select_related("agency", "connection").defer("raw", "digest")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Refusal(404, "Not found")
    return found
