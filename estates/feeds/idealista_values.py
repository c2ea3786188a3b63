"""What Idealista's words mean, in either of its dialects."""

from __future__ import annotations

import unicodedata

from estates.feeds.idealista_words import (
    KINDS,
    LANGUAGE_WORDS,
    LANGUAGES,
    OFFERS,
    PORTUGAL,
    PORTUGUESE_PROVINCES,
    SPAIN,
)
from estates.feeds.leaves import Leaves
from estates.feeds.listing import Kind, Offer
from estates.feeds.reasons import Oddity


def plain(word: str) -> str:
    """Without accents, in lower case."""
    return "".join(
        letter
        for letter in unicodedata.normalize("NFD", word.strip().lower())
        if not unicodedata.combining(letter)
    )


def country_of(province: str) -> str:
    """The country follows from the province, of which Portugal's are few."""
    if not province:
        return ""
    return PORTUGAL if plain(province).replace(" ", "_") in PORTUGUESE_PROVINCES else SPAIN


def offer_of(leaves: Leaves, path: str, said: str) -> Offer | None:
    offer = OFFERS.get(plain(said))
    if said and offer is None:
        leaves.note(Oddity.UNKNOWN_OFFER, path, said)
    return offer


def kind_of(leaves: Leaves, path: str, said: str) -> Kind | None:
    """By the whole word, else by its last part, as in `country_house`."""
    word = plain(said)
    kind = KINDS.get(word) or KINDS.get(word.replace(" ", "_").rpartition("_")[2])
    if said and kind is None:
        leaves.note(Oddity.UNKNOWN_KIND, path, said)
    return kind


def language_of(said: str) -> str:
    """Two letters: of a number of Idealista's, of an English word, or of a code."""
    word = plain(said)
    return LANGUAGES.get(word) or LANGUAGE_WORDS.get(word) or (word[:2] if len(word) in (2, 5) else "")
