"""The words for types and offers that Ts-Immo's estates carry, and what they are called at Seeki.

Both are open lists. The words stand as `normalise` leaves them: lower case, no accents, no punctuation.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from estates.catalogue.words import normalise


class Kind(StrEnum):
    """Seeki's `real_estate_type` (seeki-import.txt, "Request shape")."""

    APARTMENT = "APARTMENT"
    HOUSE = "HOUSE"
    LAND = "LAND"
    COMMERCIAL = "COMMERCIAL"
    OTHER = "OTHER"


class Offer(StrEnum):
    """Seeki's `listing_type`."""

    SELL = "SELL"
    RENT = "RENT"


class Nuance(StrEnum):
    """What an offer is besides a sale or a rental, which Seeki has no word for."""

    SEASONAL = "seasonal"
    AUCTION = "auction"
    LIFE_ANNUITY = "life_annuity"


class Offered(NamedTuple):
    offer: Offer
    nuance: Nuance | None = None


_KINDS = {
    Kind.APARTMENT: """apartment, appartement, appart, flat, studio, duplex, triplex, souplex, loft, penthouse,
        maisonette, condo, condominium, t1, t2, t3, t4, t5, t6, f1, f2, f3, f4, f5, room, chambre, atelier d artiste,
        rez de jardin, dernier etage, colocation""",
    Kind.HOUSE: """house, maison, villa, townhouse, farmhouse, cottage, chalet, bungalow, manor, manoir, chateau,
        castle, mansion, longere, mas, bastide, ferme, fermette, farm house, pavillon, propriete, hotel particulier,
        demeure, gite, detached, semi detached, terraced, mobile home, country house, maison de ville, domaine""",
    Kind.LAND: """land, terrain, plot, building plot, building land, farmland, lot, parcelle, vignoble, vineyard,
        bois, foret, forest, etang, champ, terre, lotissement""",
    Kind.COMMERCIAL: """commercial, commerce, office, bureau, bureaux, shop, store, boutique, retail, warehouse,
        entrepot, industrial, industriel, local, local commercial, local professionnel, local d activite,
        business, fonds, fonds de commerce, restaurant, hotel, building, immeuble, investment, investissement,
        apartment building,
        immeuble de rapport, hangar, factory, usine, workshop, atelier, practice, cabinet,
        cabinet medical, coworking""",
    Kind.OTHER: """other, autre, autres, divers, parking, garage, box, cave, cellar, storage, parking space,
        stationnement, place de parking, boat, bateau, houseboat, house boat, mooring, caravan, caravane, camping""",
}  # fmt: skip

_OFFERS = {
    Offered(Offer.SELL): """sale, sell, selling, for sale, vente, vendre, a vendre, achat, buy, purchase, cession,
        resale, revente, new build, neuf, vefa""",
    Offered(Offer.RENT): """rent, rental, rentals, renting, for rent, to rent, let, letting, to let, lease, location,
        louer, a louer, location meublee, location vide, bail, long term rental, location longue duree,
        location annuelle""",
    Offered(Offer.RENT, Nuance.SEASONAL): """seasonal, seasonal rental, saisonnier, saisonniere, location saisonniere,
        holiday, holiday rental, holiday let, vacation, vacation rental, vacances, location de vacances,
        location vacances, short term rental, short let, location courte duree""",
    Offered(Offer.SELL, Nuance.AUCTION): """auction, enchere, encheres, vente aux encheres, vente interactive,
        interactive sale, vente judiciaire""",
    Offered(Offer.SELL, Nuance.LIFE_ANNUITY): """viager, vente en viager, viager occupe, viager libre, life annuity,
        life lease, life annuity sale""",
}  # fmt: skip


def _words(text: str) -> list[str]:
    return [" ".join(word.split()) for word in text.split(",")]


KINDS = {word: kind for kind, text in _KINDS.items() for word in _words(text)}
OFFERS = {word: offered for offered, text in _OFFERS.items() for word in _words(text)}


def kind_of(type_word: str, sub_type: str = "") -> Kind | None:
    """What an estate is by its type, else by its subtype; None where neither is known."""
    for said in (normalise(type_word), normalise(sub_type)):
        if found := KINDS.get(said):
            return found
        # "Appartement T3 meublé": the first word that is known counts.
        for word in said.split():
            if found := KINDS.get(word) or KINDS.get(word.removesuffix("s")):
                return found
    return None


def offered_as(word: str) -> Offered | None:
    """How an estate is offered; None where the word is unknown or says two things at once."""
    said = normalise(word)
    if found := OFFERS.get(said):
        return found
    meant = {OFFERS[each] for each in said.split() if each in OFFERS}
    if len({each.offer for each in meant}) != 1:
        return None
    return max(meant, key=lambda each: each.nuance or "")
