"""The estates that a plan has no listing of: its rules do not choose them, and never did."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from accounts.caching import for_a_minute
from estates.catalogue.models import Estate
from estates.syndication.models import Listing, Plan
from estates.syndication.rules.filters import present


def unchosen(plan: Plan) -> QuerySet[Estate]:
    """Without an order. Before the plan has looked through the catalogue nobody knows."""
    if plan.looked_at is None:
        return Estate.objects.for_agency(plan.agency).none()
    listings = Listing.objects.for_agency(plan.agency).filter(plan=plan, external_id=OuterRef("remote_id"))
    return present(plan.agency).filter(~Exists(listings))


def number_unchosen(plan: Plan) -> int:
    """As counted less than a minute ago: all estates are held against all listings for it."""
    return for_a_minute(plan.agency, f"syndication:unchosen:{plan.pk}", lambda: how_many(unchosen(plan)))


def how_many(estates: QuerySet[Estate]) -> int:
    """Of one that two connections list there is one."""
    return estates.order_by().values("remote_id").distinct().count()
