"""From marketing-lab's contacts to leads."""

from __future__ import annotations

from datetime import datetime

from estates.leads.drafts import Draft
from estates.remotes.marketing_lab_answers import Contact


def draft_of(contact: Contact, pulled_at: datetime | None) -> Draft:
    """`action_id` is a contact's identity; its kind of action says what the person wants."""
    return Draft(
        remote_id=contact.action_id,
        raw=contact.raw,
        happened_at=contact.happened_at,
        pulled_at=pulled_at,
        portal=contact.origin,
        category=contact.contact_kind,
        intention=contact.action_kind,
        first_name=contact.first_name,
        last_name=contact.last_name,
        email=contact.email,
        phones=(("", contact.phone),) if contact.phone else (),
        message=contact.message,
        programme_id=contact.programme_id,
        programme=contact.programme,
        region=contact.region,
    )
