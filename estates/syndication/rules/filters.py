"""Which estates of the catalogue an agency publishes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Agency
from estates.catalogue.facets import facets_of, spellings
from estates.catalogue.models import Estate
from estates.catalogue.words import normalise
from estates.connections.models import Connection

COLUMNS = {"statuses": "status", "types": "type", "offers": "offer_type", "cities": "city"}
"""The catalogue's columns by the names of the rules that list words."""

PRICES = ("min_price", "max_price")
AVAILABLE = "available"
"""Ts-Immo's word for an estate that is neither sold, let nor reserved, as the search compares it."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Filters that all have to be met; an empty one lets everything pass. Words are compared as the search does.

    Prices are in the estate's own currency, limits included; an estate without a price meets no limit.
    `featured` asks for featured estates only.
    """

    statuses: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    min_price: Decimal | None = None
    max_price: Decimal | None = None
    featured: bool = False

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Rules:
        """Raises ValueError for what `to_json` did not write: a filter that is not understood publishes nothing."""
        unknown = stored.keys() - {each.name for each in fields(cls)}
        if unknown:
            raise ValueError(f"unknown rules: {', '.join(sorted(unknown))}")
        featured = stored.get("featured", False)
        if not isinstance(featured, bool):
            raise ValueError(f"featured: {featured!r}")
        return cls(
            **{name: _words(name, stored.get(name, [])) for name in COLUMNS},
            min_price=_price("min_price", stored.get("min_price")),
            max_price=_price("max_price", stored.get("max_price")),
            featured=featured,
        )

    def to_json(self) -> dict[str, Any]:
        """Only what is set; prices as text."""
        words = {name: list(getattr(self, name)) for name in COLUMNS if getattr(self, name)}
        prices = {name: str(getattr(self, name)) for name in PRICES if getattr(self, name) is not None}
        return words | prices | ({"featured": True} if self.featured else {})


def suggested(agency: Agency) -> Rules:
    """What a first choice begins with: only what can still be had, where the agency's estates say so."""
    words = facets_of(agency)["status"]
    return Rules(statuses=tuple(word for word in words if normalise(word) == AVAILABLE)[:1])


def present(agency: Agency) -> QuerySet[Estate]:
    """The estates that are still listed, by whichever connections."""
    listed: QuerySet[Estate] = Estate.objects.for_agency(agency).filter(gone_at=None)
    return listed


def candidates(agency: Agency) -> QuerySet[Estate]:
    """The estates that are still listed. Of one that two connections list, only the copy that came first."""
    connections = _listing(agency)
    if len(connections) < 2:
        return present(agency)
    return present(agency).exclude(_has_earlier(agency, connections))


def copies(agency: Agency, largest: int) -> QuerySet[Estate]:
    """What `candidates` leaves out, looked for from the estates of all connections but the largest.

    Quick where the others are small; `candidates` looks at each estate whether it is one of them.
    """
    connections = _listing(agency)
    others = present(agency).filter(connection__in=[pk for pk in connections if pk != largest])
    numbers = others.values("remote_id")
    twins = present(agency).filter(connection__in=connections, remote_id__in=numbers)
    return twins.filter(_has_earlier(agency, connections))


def _listing(agency: Agency) -> list[int]:
    theirs = present(agency).filter(connection=OuterRef("pk"))
    return list(Connection.objects.for_agency(agency).filter(Exists(theirs)).values_list("pk", flat=True))


def _has_earlier(agency: Agency, connections: list[int]) -> Exists:
    earlier = present(agency).filter(
        connection__in=connections, remote_id=OuterRef("remote_id"), pk__lt=OuterRef("pk")
    )
    return Exists(earlier)


def chosen(agency: Agency, rules: Rules) -> QuerySet[Estate]:
    """The agency's estates that meet the rules, without an order."""
    return candidates(agency).filter(condition_of(agency, rules))


def condition_of(agency: Agency, rules: Rules) -> Q:
    """What `chosen` asks of candidates."""
    condition = Q(featured=True) if rules.featured else Q()
    if rules.min_price is not None:
        condition &= Q(price__gte=rules.min_price)
    if rules.max_price is not None:
        condition &= Q(price__lte=rules.max_price)
    words = {column: getattr(rules, name) for name, column in COLUMNS.items() if getattr(rules, name)}
    facets = facets_of(agency) if words else {}
    for column, typed in words.items():
        meant = {each for word in typed for each in spellings(facets, column, word)}
        condition &= Q((f"{column}__in", sorted(meant)))
    return condition


def towns_without_estates(agency: Agency, rules: Rules) -> list[str]:
    """The towns of the rules in which no estate is, in whatever spelling: mostly slips of the pen."""
    known = {normalise(city) for city in facets_of(agency)["city"]} if rules.cities else set()
    return [city for city in rules.cities if normalise(city) not in known]


def _words(name: str, stored: Any) -> tuple[str, ...]:
    if not isinstance(stored, list) or not all(isinstance(word, str) for word in stored):
        raise ValueError(f"{name}: {stored!r}")
    return tuple(stored)


def _price(name: str, stored: Any) -> Decimal | None:
    try:
        amount = None if stored is None else Decimal(stored)
    except (InvalidOperation, TypeError, ValueError):
        amount = Decimal("NaN")
    if amount is not None and not amount.is_finite():
        raise ValueError(f"{name}: {stored!r}")
    return amount
