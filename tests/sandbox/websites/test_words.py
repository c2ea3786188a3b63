"""French on the websites, and the addresses of estates."""

from decimal import Decimal

import pytest

from portal.sandbox.websites import words


@pytest.mark.parametrize(
    ("amount", "currency", "offer", "written"),
    [
        ("450000", "EUR", "sale", "450 000 €"),
        ("1445000", "EUR", "viager", "1 445 000 €"),
        ("990", "EUR", "rental", "990 € / mois charges comprises"),
        ("1250.50", "EUR", "seasonal_rental", "1 250,5 € / semaine"),
        ("3630", "CHF", "rental", "3 630 CHF / mois charges comprises"),
        (None, "EUR", "sale", "Prix : nous consulter"),
        ("100", "EUR", "auction", "100 €"),
    ],
)
def test_prices(amount, currency, offer, written):
    said = words.price(None if amount is None else Decimal(amount), currency, offer)
    assert said.replace("\u00a0", " ") == written


def test_a_price_never_breaks_over_two_lines():
    assert " " not in words.price(Decimal(1_445_000), "EUR", "sale")


@pytest.mark.parametrize(("value", "written"), [(84.25, "84,25 m²"), (100.0, "100 m²"), (None, ""), (0, "")])
def test_surfaces(value, written):
    assert words.surface(value).replace("\u00a0", " ") == written


@pytest.mark.parametrize(
    ("status", "written"),
    [
        ("available", "Disponible"),
        ("under_offer", "Sous compromis"),
        ("sold", "Vendu"),
        ("rented", "Loué"),
        ("en attente de signature", "En attente de signature"),
    ],
)
def test_states(status, written):
    assert words.state(status) == written


@pytest.mark.parametrize(
    ("title", "written"),
    [
        (
            "Loft d'architecte coup de cœur – le Pérollier",
            "loft-d-architecte-coup-de-coeur-le-perollier-mart-0294",
        ),
        ("Dernier étage, toit-terrasse – Èze", "dernier-etage-toit-terrasse-eze-mart-0294"),
        ("« Rare » !", "rare-mart-0294"),
    ],
)
def test_addresses_are_made_of_title_and_reference(title, written):
    assert words.slug(title, "MART-0294") == written
