import pytest

from estates.wordpress.proof.references import is_in, is_weak, others_in, parts_of
from estates.wordpress.proof.text import folded


@pytest.mark.parametrize(
    "text",
    [
        "Réf. REF-001", "Réf. : REF 001", "ref001", "RÉF\u2011001", "(REF-001)", "REF_001.", "Référence\nREF/001",
        "Villa – REF–001 – Nice", "mandat ref-001",
    ],
)  # fmt: skip
def test_a_reference_in_many_spellings(text):
    assert is_in("REF-001", folded(text))


@pytest.mark.parametrize(
    "text", ["REF-0012", "XREF-001", "REF-001-2", "REF-001A", "A-REF-001", "REF-01", "REF 1", ""]
)
def test_a_part_of_another_one_is_none(text):
    assert not is_in("REF-001", folded(text))


def test_the_label_may_be_joined_to_it():
    assert is_in("MART-0001", folded("REF-MART-0001"))
    assert not is_in("MART-0001", folded("VMART-0001"))


@pytest.mark.parametrize("weak", ["12", "A1", "69006", "2024"])
def test_a_short_one_needs_its_label(weak):
    assert is_weak(weak)
    assert not is_in(weak, folded(f"Lyon {weak}, {weak} pièces"))
    for label in ("Réf.", "Référence :", "Ref. n°", "N°", "Mandat n°", "ID", "Objekt-Nr.:"):
        assert is_in(weak, folded(f"{label} {weak}"))
    assert not is_in(weak, folded(f"Réf. {weak}0"))


@pytest.mark.parametrize("nothing", ["", "---", "…"])
def test_a_reference_without_letters_is_never_there(nothing):
    assert parts_of(nothing) == ()
    assert not is_in(nothing, folded("--- … réf. "))


def test_other_scripts():
    assert is_in("Бух-12", folded("Réf. бух 12"))


def test_what_a_page_calls_its_reference():
    text = folded("Réf. : RIV-9 Référence interne : 1234. Nos références sont bonnes. Objekt-Nr. X-7")
    assert others_in(text) == ["riv-9", "1234", "x-7"]
    assert others_in(folded("référencement naturel, ref. sans chiffre")) == []
