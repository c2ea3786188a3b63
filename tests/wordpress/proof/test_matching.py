import time

import pytest

from estates.wordpress.proof.matching import References, plain_among
from estates.wordpress.proof.text import folded

HOME = "https://www.agence-martin.example"
ESTATES = [
    (1, "MART-0001"),
    (2, "MART-0001-2"),
    (3, "12"),
    (4, "Réf 77"),
    (5, ""),
    (6, "mart0006"),
    (7, "MART 0006"),
]


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/bien/villa-nice-mart-0001/", {1}),
        ("/bien/MART0001", {1}),
        ("/bien/mart_0001.html", {1}),
        ("/bien/mart%2D0001/", {1}),
        ("/bien/mart-0001-2/", {2}),
        ("/bien/mart-00012/", set()),
        ("/bien/smart-0001/", set()),
        ("/bien/villa-12-pieces/", set()),
        ("/bien/r%C3%A9f-77/", {4}),
        ("/bien/mart-0006/", {6, 7}),
        ("/?ref=MART-0001", set()),
        ("/%ff%fe", set()),
        ("", set()),
    ],
)
def test_addresses(path, found):
    assert References(ESTATES).in_address(HOME + path) == found


def test_texts():
    references = References(ESTATES)
    assert references.in_text(folded("Réf. MART-0001")) == {1}
    assert references.in_text(folded("Réf. MART-0001-2")) == {2}
    assert references.in_text(folded("Réf. : 12")) == {3}
    assert references.in_text(folded("12 pièces, MART-00012")) == set()
    assert references.in_text(folded("MART-0001 et MART-0006")) == {1, 6, 7}
    assert References([]).in_text("x") == set()


def test_many_references_and_long_texts_are_quick():
    references = References((number, f"MART-{number:05}") for number in range(20_000))
    text = folded("lorem 12 ipsum-34 dolor " * 8000 + "mart-00007")
    began = time.process_time()
    assert references.in_text(text) == {7}
    assert {7} == set.union(
        *(references.in_address(f"{HOME}/bien/villa-{n}-mart-00007") for n in range(2000))
    )
    assert time.process_time() - began < 5


def test_of_several_languages_the_one_without():
    assert plain_among([f"{HOME}/en/bien/1", f"{HOME}/bien/1", f"{HOME}/de/bien/1"]) == f"{HOME}/bien/1"
    assert plain_among([f"{HOME}/bien/1", f"{HOME}/vente/1"]) == ""
    assert plain_among([f"{HOME}/en/bien/1", f"{HOME}/de/bien/1"]) == ""
