"""From AVIV's leads to ours."""

from __future__ import annotations

from estates.leads.drafts import Draft
from estates.remotes.aviv_answers import Lead


def draft_of(lead: Lead) -> Draft:
    """An estate is named by the agency's own id of it, else by its reference; AVIV's id stands beside it."""
    return Draft(
        remote_id=lead.lead_id,
        raw=lead.raw,
        happened_at=lead.ingested_at,
        expires_at=lead.ttl_at,
        portal=lead.portal,
        category=lead.category,
        intention=lead.intention,
        first_name=lead.first_name,
        last_name=lead.last_name,
        gender=lead.gender,
        language=lead.language,
        email=lead.email,
        phones=tuple((phone.type, phone.number) for phone in lead.phones),
        message=lead.message,
        classified_id=lead.classified_id,
        estate_reference=lead.offerer_estate_id or lead.marketing_key,
        is_erased=lead.is_erased,
    )
