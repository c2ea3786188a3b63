"""The form of a new ticket: what it begins with, and what stands around it."""

from __future__ import annotations

from typing import Any

from accounts.models import Agency, Membership
from estates.wordpress.listing import sites_of
from estates.wordpress.models import Site
from support import drafting
from support.attachments.limits import limits_of
from support.forms import TicketForm, referred
from support.models import Draft, Ticket


def begin(membership: Membership, draft: Draft, asked: str | None) -> TicketForm:
    """The form with the draft in it. `asked` is the key of the ticket that the new one refers to, "" for none, and
    None where nothing was said about it.
    """
    follows = draft.follows if asked is None else referred(membership.agency, asked)
    site = draft.site or (follows and follows.site) or _usual_site(membership)
    initial = {
        "site": site,
        "subject": draft.subject,
        "text": draft.text if draft.text.strip() or not follows else _unsent(membership, follows),
        "follows": follows.pk if follows else "",
    }
    return TicketForm(initial=initial, agency=membership.agency)


def page_of(draft: Draft, form: TicketForm) -> dict[str, Any]:
    """What the page needs beside the form."""
    asked = str(form["follows"].value() or "")
    if draft.follows and asked == str(draft.follows.pk):
        follows: Ticket | None = draft.follows
    else:
        follows = referred(draft.agency, asked)
    is_begun = drafting.is_begun(draft)
    return {
        "draft": draft,
        "form": form,
        "follows": follows,
        "limits": limits_of(draft),
        "is_begun": is_begun,
        "begun_at": draft.changed_at if is_begun else None,
    }


def _usual_site(membership: Membership) -> Site | None:
    """The only site, or the one of the last ticket that the person opened."""
    sites = list(sites_of(membership.agency)[:2])
    if len(sites) < 2:
        return sites[0] if sites else None
    own = Ticket.objects.for_agency(membership.agency).filter(opened_by=membership.user, site__isnull=False)
    last = own.select_related("site").only("site").order_by("-opened_at").first()
    return last.site if last else None


def _unsent(membership: Membership, ticket: Ticket) -> str:
    """What the person wrote to the earlier ticket, and could no longer send."""
    begun = drafting.comment_of(ticket, membership.user).text
    return drafting.unsent_of(ticket, membership.user, begun)


def has_sites(agency: Agency) -> bool:
    return Site.objects.for_agency(agency).exists()
