"""Every reason, note and code has words, so that nobody reads a name out of the source."""

import pytest
from django.utils.functional import Promise

from estates.feeds.listing import Scope
from estates.feeds.reasons import Oddity, Reason
from estates.remotes.seeki import Code
from estates.syndication.incoming.items import Why
from estates.syndication.incoming.words import (
    FILES,
    LISTINGS,
    OTHER_ADVICE,
    SCOPES,
    advice,
    file_words,
    item_words,
    note_words,
)
from estates.syndication.pages.codes import foreseeable
from estates.syndication.pushing.codes import NO_ANSWER, UNNAMED


@pytest.mark.parametrize("reason", Reason)
def test_reasons_have_words(reason):
    assert reason in FILES or reason in LISTINGS


@pytest.mark.parametrize("why", Why)
def test_why_a_listing_is_not_sent_has_words(why):
    assert isinstance(item_words(why), Promise)


@pytest.mark.parametrize("oddity", Oddity)
def test_notes_have_words(oddity):
    assert isinstance(note_words(oddity), Promise)


@pytest.mark.parametrize("code", [*Code, UNNAMED, NO_ANSWER])
def test_codes_have_advice(code):
    assert advice(code) is not OTHER_ADVICE


@pytest.mark.parametrize("scope", Scope)
def test_scopes_have_words(scope):
    assert scope in SCOPES


def test_what_nobody_knows_is_still_answered():
    wrong, cure = file_words("new_reason")
    assert "cannot be read" in str(wrong)
    assert "Export" in str(cure)
    assert item_words("new_reason") == note_words("new_reason") == "new_reason"
    assert advice("NEW_CODE") is OTHER_ADVICE


@pytest.mark.parametrize(
    ("code", "said", "words"),
    [
        ("VALIDATION_FAILED", "price: Required", "It has no price."),
        ("VALIDATION_FAILED", "listing_type: Required", "whether it is for sale or to let."),
        ("VALIDATION_FAILED", "address.street: Required", "(missing: street)"),
        (
            "VALIDATION_FAILED",
            "address: Either address or coordinates are required",
            "neither an address nor",
        ),
        ("VALIDATION_FAILED", "price: Expected number", ""),
        ("VALIDATION_FAILED", "floorage: Required", ""),
        ("VALIDATION_FAILED", "", ""),
        ("BRAND_NEW", "price: Required", ""),
    ],
)
def test_refusals_that_the_forecast_has_words_for(code, said, words):
    found = foreseeable(code, said)
    assert words in str(found) if words else found is None
