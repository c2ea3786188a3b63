"""A failure becomes the beginning of a ticket, which its writer sees and may change before it goes."""

from __future__ import annotations

from django.db import transaction

from accounts.models import Membership
from support.bundles.failures import Failure
from support.bundles.text import Bundle, bundle_of
from support.drafting import draft_of
from support.models import Draft


def fill(membership: Membership, failure: Failure) -> Draft:
    """The person's draft of a new ticket, with the failure in it. What stands there already stays.

    Asked twice, it is told once.
    """
    bundle = bundle_of(membership.agency, failure)
    with transaction.atomic():
        pk = draft_of(membership).pk
        # Held: of two clicks at once the second finds what the first one wrote.
        draft = Draft.objects.for_agency(membership.agency).select_for_update().get(pk=pk)
        draft.subject = draft.subject.strip() or bundle.subject
        draft.text = _joined(draft.text, bundle)
        if draft.site_id is None:
            draft.site = failure.site
        draft.save(update_fields=["subject", "text", "site", "changed_at"])
    return draft


def _joined(text: str, bundle: Bundle) -> str:
    if not text.strip():
        return f"{bundle.greeting}\n\n{bundle.text}"
    return text if _plain(bundle.text) in _plain(text) else f"{text.rstrip()}\n\n{bundle.text}"


def _plain(text: str) -> str:
    """A text as a browser may give it back, which has other ends of lines."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
