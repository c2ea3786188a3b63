import pytest

from estates.wordpress.proof.statuses import contradicts, family_in_title, family_of


@pytest.mark.parametrize(
    ("line", "family"),
    [
        ("Vendu", "sold"), ("VENDU !", "sold"), ("Vendu par l'agence", "sold"), ("Statut : Vendu", "sold"),
        ("★ Sous compromis ★", "under_offer"), ("Sold STC", "under_offer"), ("Reserviert", "under_offer"),
        ("Loué", "rented"), ("Let agreed", "rented"), ("À vendre", "offered"), ("Disponible", "available"),
        ("Vendu meublé", ""), ("Le garage a été vendu", ""), ("Disponible le 1er mai", ""), ("", ""), ("Nice", ""),
    ],
)  # fmt: skip
def test_a_line_of_its_own(line, family):
    assert family_of(line) == family


@pytest.mark.parametrize(
    ("title", "family"),
    [
        ("VENDU – Villa à Nice", "sold"), ("[Vendu] Villa", "sold"), ("Villa à Nice (sold)", "sold"),
        ("Sous offre : villa", "under_offer"), ("Villa à Nice - Loué", "rented"),
        ("Appartement vendu loué", ""), ("Villa à vendre – Nice", ""), ("Location – Villa", ""),
    ],
)  # fmt: skip
def test_a_word_that_stands_apart_in_a_headline(title, family):
    assert family_in_title(title) == family


@pytest.mark.parametrize(
    ("ours", "shown", "other"),
    [
        ("available", {"sold"}, "sold"),
        ("available", {"available"}, ""),
        ("AVAILABLE", {"under_offer"}, "under_offer"),
        ("reserved", {"under_offer"}, ""),
        ("sold", {"available"}, "available"),
        ("sold", {"offered"}, "available"),
        ("sold", {"offered", "sold"}, ""),
        ("under_offer", {"offered"}, ""),
        ("available", {"offered"}, ""),
        ("rented", {"offered"}, "available"),
        ("available", set(), ""),
        ("en attente de signature", {"sold"}, ""),
        ("", {"sold"}, ""),
    ],
)
def test_what_contradicts_ours(ours, shown, other):
    assert contradicts(ours, frozenset(shown)) == other
