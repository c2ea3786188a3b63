"""What a real stock has besides the documented fields: things that are missing, null, or of another day."""

from __future__ import annotations

from random import Random
from typing import Any


def spoil(document: dict[str, Any], chance: Random) -> None:
    """Changes the document in place; every oddity is one that a reader has to survive."""
    for share, oddity in ODDITIES:
        if chance.random() < share:
            oddity(document, chance)


def _no_geo(document: dict[str, Any], chance: Random) -> None:
    if chance.random() < 0.5:
        del document["location"]["geo"]
    else:
        document["location"]["geo"] = None


def _no_address(document: dict[str, Any], chance: Random) -> None:
    document["location"]["address"] = None


def _no_energy(document: dict[str, Any], chance: Random) -> None:
    document["energy"] = None


def _no_amenities(document: dict[str, Any], chance: Random) -> None:
    document["amenities"] = None


def _tour(document: dict[str, Any], chance: Random) -> None:
    document["virtual_tour_url"] = f"https://visites.example/{chance.randrange(10**6):06d}?plein=écran"


def _mandate(document: dict[str, Any], chance: Random) -> None:
    document["mandat"] = {
        "numéro": chance.randint(1_000, 9_999),
        "exclusif": chance.random() < 0.5,
        "parties": [{"rôle": "vendeur", "personnes": [{"civilité": "M.", "nom": None}]}],
    }


def _nested_extras(document: dict[str, Any], chance: Random) -> None:
    document["financial"]["estimation"] = {"rendement": {"brut": 4.2, "net": None}, "source": "interne"}
    document["location"]["transports"] = [{"ligne": "D", "minutes": chance.randint(1, 12)}]


def _condominium(document: dict[str, Any], chance: Random) -> None:
    document["copropriété"] = {
        "lots": chance.randint(4, 180),
        "procédure": False,
        "charges_annuelles": "1 240,50",
    }


ODDITIES = (
    (0.09, _no_geo),
    (0.15, _no_address),
    (0.05, _no_energy),
    (0.04, _no_amenities),
    (0.12, _tour),
    (0.15, _mandate),
    (0.08, _nested_extras),
    (0.20, _condominium),
)
