"""Which rule fits a lead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from estates.catalogue.models import Estate
from estates.catalogue.words import normalise
from estates.leads.models import Lead, RoutingRule

WORDS = ("category", "programme", "region")


def first_match(rules: Iterable[RoutingRule], lead: Lead, estate: Estate | None) -> RoutingRule | None:
    """The first rule that fits, in their order."""
    return next((rule for rule in rules if fits(rule, lead, estate)), None)


def fits(rule: RoutingRule, lead: Lead, estate: Estate | None) -> bool:
    """Words are compared without accents and capitals; a price that nobody knows is in no range."""
    if rule.source and rule.source != lead.source:
        return False
    if not all(_same(getattr(rule, name), getattr(lead, name)) for name in WORDS):
        return False
    if rule.city and not (estate and _same(rule.city, estate.city)):
        return False
    price = estate.price if estate else None
    if rule.min_price is not None and (price is None or price < rule.min_price):
        return False
    return not (rule.max_price is not None and (price is None or price > rule.max_price))


def _same(wanted: str, found: str) -> bool:
    return not wanted or normalise(wanted) == normalise(found)


def estates_of(leads: Sequence[Lead]) -> Mapping[int, Estate]:
    """The linked estates by id, in one query, with their connection."""
    ids = {lead.estate_id for lead in leads if lead.estate_id}
    if not ids:
        return {}
    rows = Estate.objects.for_agency(leads[0].agency).filter(pk__in=ids).select_related("connection")
    return rows.defer("search_text", "digest").in_bulk()
