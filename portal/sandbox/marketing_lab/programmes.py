"""Regions and the new developments on sale there. The ids of two regions and a programme are the document's."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Programme:
    """`price` is that of the smallest flat, in euros."""

    id: int
    name: str
    city: str
    postal_code: str
    price: int


@dataclass(frozen=True, slots=True)
class Region:
    id: int
    name: str
    programmes: tuple[Programme, ...]


OCCITANIE = Region(
    30,
    "Occitanie",
    (
        Programme(145, "Les Jardins de l'Aube", "Montpellier", "34070", 189_000),
        Programme(146, "Villa Garance", "Toulouse", "31200", 214_000),
        Programme(152, "Le Clos d'Uzès", "Nîmes", "30900", 158_000),
    ),
)
AZUR = Region(
    62,
    "Provence-Alpes-Côte d'Azur",
    (
        Programme(301, "Rivage 43", "Nice", "06200", 289_000),
        Programme(302, "L'Écrin des Oliviers", "Antibes", "06600", 342_000),
        Programme(305, "Domaine Sainte-Victoire", "Aix-en-Provence", "13100", 305_000),
        Programme(309, "Cap Azur – Tranche 2", "Cagnes-sur-Mer", "06800", 267_000),
    ),
)
RHONE = Region(
    84,
    "Auvergne-Rhône-Alpes",
    (
        Programme(210, "Les Terrasses de Gerland", "Lyon", "69007", 249_000),
        Programme(211, "Carré Fauré", "Lyon", "69006", 398_000),
        Programme(214, "Ô Saône", "Caluire-et-Cuire", "69300", 276_000),
        Programme(217, "Le Belvédère d'Écully", "Écully", "69130", 331_000),
        Programme(223, "Cœur Gratte-Ciel", "Villeurbanne", "69100", 228_000),
    ),
)
LYON = (RHONE, OCCITANIE)
RIVIERA = (AZUR, OCCITANIE)
