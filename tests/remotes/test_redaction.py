import base64
import html
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estates.remotes.redaction import MASK, Redactor
from estates.remotes.secret import Secret
from estates.remotes.words import tidy, words_of

keys = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=12, max_size=60)


@given(keys, st.text(max_size=20), st.text(max_size=20), st.binary(max_size=5), st.binary(max_size=5))
def test_no_form_of_a_key_remains(key, before, after, head, tail):
    redactor = Redactor([Secret(key)])
    wrapped = base64.b64encode(head + key.encode() + tail).decode()
    forms = [
        key,
        quote(key, safe=""),
        quote_plus(key),
        json.dumps(key)[1:-1],
        key.replace("/", "\\/"),
        key.encode().hex(),
    ]
    for form in forms:
        assert redactor.text(form) == MASK
        assert form not in redactor.text(before + form + after).replace(MASK, "\n")
    assert MASK in redactor.text(wrapped)
    assert len(redactor.text(wrapped).replace(MASK, "")) <= 20


@given(st.binary())
def test_bytes_without_a_key_stay_as_they_are(raw):
    assert Redactor([Secret("k" * 40)]).bytes(raw) == raw
    assert Redactor([]).bytes(raw) == raw


@given(st.text())
def test_tidy_is_one_printable_line(text):
    tidied = tidy(text, Redactor([]))
    assert tidied.isprintable()
    assert len(tidied) <= 2000
    assert tidied == " ".join(tidied.split())


def test_the_cut_comes_after_the_mask():
    key = "a-very-secret-key"
    words = tidy("x" * 1990 + key, Redactor([Secret(key)]))
    assert words == "x" * 1990 + MASK[:10]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"message": "a", "error": "Bad Request"}', "a"),
        (b'{"message": ["a", "b"]}', "a; b"),
        (b'{"message": [], "error": "Bad Request"}', "Bad Request"),
        (b'{"error": {"message": "deep"}}', "deep"),
        (b'{"errors": [{"path": "x", "message": "a"}, {"message": "b"}]}', "a; b"),
        (b'{"title": "Oops", "detail": "why"}', "why"),
        (b'{"valid": false, "error": "nope"}', "nope"),
        (b'{"code": 7}', '{"code": 7}'),
        (b'"a\\u0000b\\u202ec"', "abc"),
        (b"plain\ttext\n", "plain text"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (b"<title>T</title><style>x</style><h1>A</h1><!-- b -->B", "T T A B"),
        (b"", ""),
    ],
)
def test_words(body, words):
    assert words_of(body, Redactor([])) == words


@pytest.mark.parametrize(
    "key", ["a-key-that-ends-in-%", "a\\key\\with\\slashes\\", "&key&of&signs&", "+%25+%2525+a"]
)
def test_keys_made_of_escapes(key):
    redactor = Redactor([Secret(key)])
    for form in (
        key,
        quote(key, safe=""),
        quote(quote(key, safe=""), safe=""),
        html.escape(key),
        json.dumps(key)[1:-1],
    ):
        assert redactor.text(form) == MASK
    assert redactor.text(key.upper()) == MASK


def test_several_keys_are_masked_and_none_is_shown():
    redactor = Redactor([Secret("first-key"), Secret("second-key")])
    assert redactor.text("first-key, second-key, third") == f"{MASK}, {MASK}, third"
    assert repr(redactor) == "Redactor(***)"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Key tsi_live_01234… is unknown", "tsi_live_01234"),
        ("ends with 56789abcdef", "56789abcdef"),
        ("the middle: live_0123456789ab!", "0123456789"),
    ],
)
def test_a_key_that_is_cut_short_is_masked_too(said, kept):
    masked = Redactor([Secret("tsi_live_0123456789abcdef")]).text(said)
    assert MASK in masked
    assert not any(kept[at : at + 8] in masked for at in range(len(kept) - 7))


def test_the_public_beginning_of_a_key_may_be_spoken_of():
    said = "Keys begin with seeki_live_ here."
    assert Redactor([Secret("seeki_live_0123456789abcdef")]).text(said) == said
