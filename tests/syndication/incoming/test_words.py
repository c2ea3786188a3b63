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
