"""The tables of words, countries and currencies hold together."""

import pytest

from estates.catalogue.words import normalise
from estates.feeds.countries import ALPHA_3
from estates.syndication.forecast.boxes import BOXES, Box
from estates.syndication.forecast.sense import COMPARABLE, USUAL
from estates.syndication.mapping.countries import NAMES, country_code
from estates.syndication.mapping.currencies import CURRENCIES, DEFAULT, SIGNS, currency_code
from estates.syndication.mapping.words import KINDS, OFFERS, Kind, Nuance, Offer, kind_of, offered_as
from portal.sandbox.ts_immo.kinds import KINDS as SOLD
from portal.sandbox.ts_immo.places import LYON, RIVIERA


@pytest.mark.parametrize("table", [KINDS, OFFERS, NAMES])
def test_every_word_stands_as_it_is_looked_up(table):
    assert [word for word in table if word != normalise(word) or not word] == []


def test_every_kind_offer_and_nuance_has_words():
    assert set(KINDS.values()) == set(Kind)
    assert {offered.offer for offered in OFFERS.values()} == set(Offer)
    assert {offered.nuance for offered in OFFERS.values()} == {None, *Nuance}


@pytest.mark.parametrize("word", sorted(KINDS))
def test_a_type_in_the_table_is_found_in_capitals_too(word):
    assert kind_of(word.upper()) == KINDS[word]
    assert kind_of("?", word) == KINDS[word]


@pytest.mark.parametrize("word", sorted(OFFERS))
def test_an_offer_in_the_table_is_found_with_underscores_too(word):
    assert offered_as(word.replace(" ", "_")) == OFFERS[word]


def test_the_type_counts_before_the_subtype():
    assert kind_of("house", "flat") == Kind.HOUSE
    assert kind_of("", "") is None


def test_what_the_sandbox_sells_is_known_but_for_the_barge():
    unknown = {kind.type for kind in SOLD if kind_of(kind.type, kind.sub_type or "") is None}
    assert unknown == {"péniche"}
    assert {offer for kind in SOLD for offer in kind.offers if offered_as(offer) is None} == set()


def test_countries_of_the_table_exist():
    assert set(NAMES.values()) <= ALPHA_3.keys()
    assert BOXES.keys() <= ALPHA_3.keys()
    assert [code for code, three in ALPHA_3.items() if country_code(three.lower()) != code] == []
    assert country_code("") == country_code("XX") == country_code("Syldavie") == ""


@pytest.mark.parametrize("place", LYON + RIVIERA, ids=lambda place: place.postal_code)
def test_real_towns_lie_in_their_countries(place):
    assert any(box.holds(place.latitude, place.longitude) for box in BOXES[place.country])


@pytest.mark.parametrize(
    ("country", "latitude", "longitude"),
    [
        ("FR", 42.70, 9.45),  # Bastia
        ("FR", 48.39, -4.49),  # Brest
        ("FR", 16.24, -61.53),  # Pointe-à-Pitre
        ("FR", -22.27, 166.45),  # Nouméa
        ("ES", 28.12, -15.43),  # Las Palmas
        ("ES", 39.57, 2.65),  # Palma
        ("PT", 37.74, -25.67),  # Ponta Delgada
        ("PT", 32.65, -16.91),  # Funchal
        ("GB", 57.15, -2.09),  # Aberdeen
        ("CZ", 50.08, 14.43),  # Prague
        ("DE", 52.52, 13.40),  # Berlin
        ("IT", 37.50, 15.09),  # Catania
        ("BE", 50.85, 4.35),  # Brussels
        ("LU", 49.61, 6.13),
        ("NL", 52.37, 4.90),
        ("PL", 52.23, 21.01),
        ("AT", 48.21, 16.37),
    ],
)
def test_towns_at_the_edges_lie_in_their_countries_as_well(country, latitude, longitude):
    assert any(box.holds(latitude, longitude) for box in BOXES[country])
    assert not any(box.holds(longitude, latitude) for box in BOXES[country])


def test_a_box_ends_where_it_says():
    box = Box(1, 2, 3, 4)
    assert box.holds(1, 2)
    assert box.holds(3, 4)
    assert not any(box.holds(*place) for place in ((0.9, 3), (3.1, 3), (2, 1.9), (2, 4.1)))


def test_currencies_are_three_capitals():
    assert all(len(code) == 3 and code.isascii() and code.isupper() for code in CURRENCIES)
    assert {DEFAULT, *SIGNS.values(), *COMPARABLE} <= CURRENCIES
    assert len(CURRENCIES) > 150


@pytest.mark.parametrize(
    ("written", "code"), [(" eur ", "EUR"), ("euros", "EUR"), ("zł", "PLN"), ("", ""), ("x", "X")]
)
def test_currencies_as_people_write_them(written, code):
    assert currency_code(written) == code


def test_every_offer_has_its_usual_prices():
    assert USUAL.keys() == set(Offer)
    assert all(0 < usual.low < usual.high for usual in USUAL.values())
