"""Which of a feed's thirteen kinds an estate is. Seeki has five, so only what is finer than these stands here."""

from __future__ import annotations

from estates.catalogue.words import normalise
from estates.feeds.listing import Kind
from estates.syndication.mapping.words import KINDS, kind_of
from estates.syndication.mapping.words import Kind as Coarse

USUAL = {
    Coarse.APARTMENT: Kind.APARTMENT,
    Coarse.HOUSE: Kind.HOUSE,
    Coarse.LAND: Kind.LAND,
    Coarse.COMMERCIAL: Kind.RETAIL,
    Coarse.OTHER: Kind.OTHER,
}
_FINER = {
    Kind.ROOM: "room, chambre, colocation",
    Kind.FARM: "ferme, fermette, farm house, farmhouse, vignoble, vineyard, domaine, bois, foret, forest, etang",
    Kind.OFFICE: """office, bureau, bureaux, local professionnel, practice, cabinet, cabinet medical,
        coworking""",
    Kind.HOSPITALITY: "restaurant, hotel, bar, cafe",
    Kind.INDUSTRY: """warehouse, entrepot, industrial, industriel, local d activite, hangar, factory, usine,
        workshop, atelier""",
    Kind.INVESTMENT: """building, immeuble, investment, investissement, apartment building,
        immeuble de rapport""",
    Kind.PARKING: "parking, garage, box, parking space, stationnement, place de parking, mooring",
}
FINER = {" ".join(word.split()): kind for kind, words in _FINER.items() for word in words.split(",")}


def feed_kind(type_word: str, sub_type: str = "") -> tuple[Kind | None, bool]:
    """The kind, None for an unknown one, and whether it is commercial. Words as in the columns of an estate."""
    coarse = kind_of(type_word, sub_type)
    if coarse is None:
        return None, False
    kind = _finer(coarse, type_word, sub_type) or USUAL[coarse]
    return kind, coarse == Coarse.COMMERCIAL and kind != Kind.INVESTMENT


def _finer(coarse: Coarse, *said: str) -> Kind | None:
    """What a subtype says more closely, as long as it does not say something else than the type."""
    for words in map(normalise, said):
        for word in (words, *words.split()):
            for each in (word, word.removesuffix("s")):
                if each in FINER and KINDS.get(each, coarse) == coarse:
                    return FINER[each]
    return None
