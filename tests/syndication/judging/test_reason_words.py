"""Reasons in words."""

import pytest
from django.utils import translation

from estates.syndication.forecast.reasons import REFUSING, REMARKED, Code, Reason
from estates.syndication.forecast.words import IN_TS_IMMO, WORDS, is_refusing, mend_words, reason_words
from estates.syndication.mapping.remarks import Remarked


@pytest.mark.parametrize("code", Code)
def test_every_reason_has_words_that_hold_its_detail_and_say_where_to_mend_it(code):
    reason = Reason(code, "field", "<{detail}>").as_json()
    words = str(reason_words(reason))
    assert words.endswith(("!", ".", "?"))
    assert ("<{detail}>" in words) == ("{detail}" in str(WORDS[code]))
    assert "Ts-Immo" in str(mend_words(reason))


def test_every_remark_is_a_reason():
    assert REMARKED.keys() == set(Remarked)


def test_words_for_some():
    assert str(reason_words(["price_zero", "price", "0"])) == (
        "Its price is 0. Seeki takes only prices above zero."
    )
    by_name = {"code": "type_unknown", "field": "real_estate_type", "detail": "péniche"}
    assert "“péniche”" in str(reason_words(by_name))
    assert str(mend_words(["price_zero", "price", "0"])) == (
        "Mend it in Ts-Immo; it comes here with the next sync."
    )


@pytest.mark.parametrize(
    "reason", [["of_tomorrow", "x", "why"], ["of_tomorrow"], [], {}, {"code": "of_tomorrow"}]
)
def test_what_is_unknown_has_words_too(reason):
    assert str(reason_words(reason)).startswith("Something is odd about it")
    assert mend_words(reason) == IN_TS_IMMO
    assert not is_refusing(reason)


def test_words_are_found_in_the_language_of_the_reader():
    words = reason_words(["price_missing", "price", ""])
    with translation.override("en"):
        assert str(words).startswith("It has no price")


def test_what_refuses():
    assert {code for code in Code if is_refusing([str(code)])} == REFUSING
