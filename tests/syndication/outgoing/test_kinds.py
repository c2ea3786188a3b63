"""What the words of an estate mean in a feed's thirteen kinds."""

import pytest

from estates.feeds.listing import Kind
from estates.syndication.mapping.words import KINDS
from estates.syndication.outgoing.kinds import FINER, USUAL, feed_kind


@pytest.mark.parametrize(
    ("type_word", "sub_type", "kind", "commercial"),
    [
        ("apartment", "", Kind.APARTMENT, False),
        ("Appartement T3 meublé", "", Kind.APARTMENT, False),
        ("apartment", "chambre", Kind.ROOM, False),
        ("house", "villa", Kind.HOUSE, False),
        ("house", "ferme", Kind.FARM, False),
        ("Maison", "Bureau", Kind.HOUSE, False),
        ("land", "", Kind.LAND, False),
        ("terrain", "forêt", Kind.FARM, False),
        ("commercial", "", Kind.RETAIL, True),
        ("commercial", "office", Kind.OFFICE, True),
        ("Local commercial", "Restaurant", Kind.HOSPITALITY, True),
        ("Bureaux", "", Kind.OFFICE, True),
        ("Entrepôt", "", Kind.INDUSTRY, True),
        ("Local d'activité", "", Kind.INDUSTRY, True),
        ("Immeuble de rapport", "", Kind.INVESTMENT, False),
        ("parking", "", Kind.PARKING, False),
        ("Garages", "", Kind.PARKING, False),
        ("boat", "", Kind.OTHER, False),
        ("", "villa", Kind.HOUSE, False),
        ("yurt", "", None, False),
        ("", "", None, False),
    ],
)
def test_kind(type_word, sub_type, kind, commercial):
    assert feed_kind(type_word, sub_type) == (kind, commercial)


@pytest.mark.parametrize("word", KINDS)
def test_every_word_that_seeki_knows_is_a_kind_here(word):
    kind, commercial = feed_kind(word)
    assert kind in (USUAL[KINDS[word]], FINER.get(word)) or kind in FINER.values()
    assert kind is not None
    assert isinstance(commercial, bool)
