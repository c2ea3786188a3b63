"""How a French agency's website writes prices, surfaces and states."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from portal.sandbox.ts_immo.folding import fold

SPACE = "\u00a0"
STATES = {
    "available": "Disponible",
    "under_offer": "Sous compromis",
    "sold": "Vendu",
    "rented": "Loué",
}
OFFERS = {
    "sale": "Vente",
    "rental": "Location",
    "seasonal_rental": "Location de vacances",
    "viager": "Viager",
    "auction": "Vente aux enchères",
}
SIGNS = {"EUR": "€"}
PERIODS = {"rental": " / mois charges comprises", "seasonal_rental": " / semaine"}


def state(status: str) -> str:
    return STATES.get(status, status.capitalize())


def price(amount: Decimal | None, currency: str, offer: str) -> str:
    """« 450 000 € », with no-break spaces; what has no price is on request."""
    if amount is None:
        return "Prix : nous consulter"
    return f"{number(amount)}{SPACE}{SIGNS.get(currency, currency)}{PERIODS.get(offer, '')}"


def number(value: Decimal | float) -> str:
    whole = f"{value:,.2f}".rstrip("0").rstrip(".")
    return whole.translate({ord(","): SPACE, ord("."): ","})


def surface(value: Any) -> str:
    return f"{number(value)}{SPACE}m²" if value else ""


def slug(title: str, reference: str) -> str:
    """As WordPress makes it of a title, with the reference behind."""
    return f"{re.sub(r'[^a-z0-9]+', '-', fold(title).replace('œ', 'oe')).strip('-')}-{reference.lower()}"
