import pytest
from django.db import connection
from django.db.models import Q

from estates.catalogue import matching
from estates.catalogue.matching import words_of
from estates.catalogue.models import Estate


def found(agency, text, condition=Q()):  # noqa: B008
    matches = matching.matching(agency, condition, words_of(text))
    return sorted(matches.rows.values_list("title", flat=True)), matches


@pytest.fixture
def stock(agency, other_agency, add_estate):
    add_estate(
        agency, title="Grand appartement", city="L'Haÿ-les-Roses", description="Cœur de ville, terrasse"
    )
    add_estate(agency, title="Petite maison", city="Écully", description="Terrasse et jardin")
    add_estate(agency, title="Terrain", city="Lyon")
    add_estate(other_agency, title="Maison d'ailleurs", city="Écully", description="terrasse")
    return agency


TEXTS = [
    ("terrasse", ["Grand appartement", "Petite maison"]),
    ("TERRASSE jardin", ["Petite maison"]),
    ("terr jard", ["Petite maison"]),
    ("l'hay les roses", ["Grand appartement"]),
    ("coeur", ["Grand appartement"]),
    ("MART-0002", ["Petite maison"]),
    ("mart-0002 écul", ["Petite maison"]),
    ("errasse", []),
    ("ailleurs", []),
]


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_words_match_by_their_beginnings_without_accents(stock, text, expected):
    titles, matches = found(stock, text)
    assert titles == expected
    assert (matches.known, matches.more) == (len(expected), False)


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_the_word_index_finds_the_same(stock, monkeypatch, text, expected):
    monkeypatch.setattr(matching, "LOOKED_AT", 0)
    titles, matches = found(stock, text)
    assert titles == expected
    assert (matches.known, matches.more) == (len(expected), False)


def test_of_common_words_only_a_part_is_counted(stock, monkeypatch):
    monkeypatch.setattr(matching, "LOOKED_AT", 2)
    monkeypatch.setattr(matching, "COMMON", 1)
    titles, matches = found(stock, "terrasse")
    assert titles == ["Grand appartement", "Petite maison"]
    assert (matches.known, matches.more) == (1, True)


def test_where_the_word_index_finds_too_many_the_list_is_walked(stock, monkeypatch):
    monkeypatch.setattr(matching, "LOOKED_AT", 0)
    monkeypatch.setattr(matching, "FOUND", 1)
    titles, matches = found(stock, "terrasse")
    assert titles == ["Grand appartement", "Petite maison"]
    assert (matches.known, matches.more) == (1, True)


def test_the_word_index_is_asked_only_for_the_rare_words(stock, monkeypatch):
    asked = []
    indexed = matching._indexed
    monkeypatch.setattr(matching, "_indexed", lambda *given: asked.append(given[2]) or indexed(*given))
    monkeypatch.setattr(matching, "LOOKED_AT", 3)
    monkeypatch.setattr(matching, "COMMON", 2)
    titles, _ = found(stock, "terrasse jardin")
    assert titles == ["Petite maison"]
    assert asked == [["jardin"]]


@pytest.mark.parametrize("looked_at", [1500, 0])
def test_other_conditions_hold_as_well(stock, monkeypatch, looked_at):
    monkeypatch.setattr(matching, "LOOKED_AT", looked_at)
    assert found(stock, "terrasse", Q(city="Écully"))[0] == ["Petite maison"]


@pytest.mark.parametrize("looked_at", [1500, 0])
@pytest.mark.parametrize(
    "text",
    [
        "' OR 1=1 --",
        '"a" NEAR b*',
        "a:* & !b",
        "100%_",
        "\\",
        "* AND NOT",
        "🏠",
        "中文",
        "x" * 5000,
        "a " * 500,
        "'::x",
    ],
)
def test_hostile_texts_find_nothing_and_break_nothing(stock, monkeypatch, looked_at, text):
    monkeypatch.setattr(matching, "LOOKED_AT", looked_at)
    assert found(stock, f"zzz {text}")[0] == []


def test_a_text_without_words_is_no_filter(stock):
    assert words_of(" – ?! ") == []
    assert len(found(stock, " – ?! ")[0]) == 3


def test_the_index_follows_changes_and_deletions(stock, monkeypatch):
    monkeypatch.setattr(matching, "LOOKED_AT", 0)
    estate = Estate.objects.for_agency(stock).get(title="Terrain")
    estate.search_text = "piscine"
    estate.save()
    assert found(stock, "piscine")[0] == ["Terrain"]
    assert found(stock, "lyon")[0] == []
    estate.delete()
    assert found(stock, "piscine")[0] == []


def test_a_word_of_monstrous_length_is_stored_and_found(agency, add_estate, monkeypatch):
    add_estate(agency, title="Long", description="é" * 1900 + " 中" + "文" * 1900)
    monkeypatch.setattr(matching, "LOOKED_AT", 0)
    assert found(agency, "e" * 70)[0] == ["Long"]


def test_an_upsert_leaves_one_entry_in_the_index(stock, monkeypatch):
    monkeypatch.setattr(matching, "LOOKED_AT", 0)
    estate = Estate.objects.for_agency(stock).get(title="Terrain")
    estate.search_text = "nouveau texte"
    Estate.objects.across_agencies().bulk_create(
        [estate],
        update_conflicts=True,
        unique_fields=["connection", "remote_id"],
        update_fields=["search_text"],
    )
    assert found(stock, "lyon")[0] == []
    assert found(stock, "nouveau")[0] == ["Terrain"]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO catalogue_words (catalogue_words) VALUES ('integrity-check')")
