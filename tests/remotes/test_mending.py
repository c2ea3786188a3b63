import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from estates.remotes.mending import loads_leniently, without_lone_surrogates, without_nul

SPOILT = st.text(st.characters(codec=None) | st.sampled_from("\\\0\ud83d\udca1u0d8"), max_size=30)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (rb'"\ud83d"', rb'"\ufffd"'),
        (rb'"\uDCA1\uD83D"', rb'"\ufffd\ufffd"'),
        (rb'"\ud83d\udca1"', rb'"\ud83d\udca1"'),
        (rb'"\ud83d\ud83d\udca1"', rb'"\ufffd\ud83d\udca1"'),
        (rb'"\\ud83d"', rb'"\\ud83d"'),
        (rb'"\\\ud83d"', rb'"\\\ufffd"'),
        (rb'"\u00e9 \n"', rb'"\u00e9 \n"'),
        (b"\\", b"\\"),
    ],
)
def test_only_halves_of_characters_are_replaced(before, after):
    assert without_lone_surrogates(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (rb'"a\u0000b"', b'"ab"'),
        (rb'"a\\u0000b"', rb'"a\\u0000b"'),
        (rb'"\\\u0000"', rb'"\\"'),
        (rb'"\u00000"', b'"0"'),
    ],
)
def test_only_escaped_nuls_are_left_out(before, after):
    assert without_nul(before) == after


@given(SPOILT)
def test_whatever_text_comes_in_a_database_takes_it_afterwards(value):
    written = json.dumps(value).encode()
    read = orjson.loads(without_nul(without_lone_surrogates(written)))
    assert "\0" not in read.encode().decode()
    assert len(read) <= len(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b'"\xe9t\xe9 \x80"', "été €"),
        ('"été"'.encode(), "été"),
        (b'"\x81"', "\ufffd"),
        (b'"a\tb"', "a\tb"),
        (b"[NaN, Infinity, -Infinity]", [None, None, None]),
        (b"123456789012345678", 123456789012345678),
        (b"1234567890123456789", 1234567890123456768.0),
        (b'{"a": [1.5, true, null]}', {"a": [1.5, True, None]}),
    ],
)
def test_what_a_person_could_read_is_read(text, value):
    assert loads_leniently(text) == value


@pytest.mark.parametrize("text", [b"", b"{", b"<html>", b'{"a": 1}}', b"[" * 100_000, b"{'a': 1}"])
def test_what_nobody_could_read_is_refused(text):
    with pytest.raises((ValueError, RecursionError)):
        loads_leniently(text)


@given(st.binary(max_size=40))
def test_any_bytes_inside_a_string_are_read(inside):
    text = inside.replace(b"\\", b"").replace(b'"', b"")
    read = loads_leniently(b'"%b"' % text)
    assert isinstance(read, str)
    assert read.encode() or not text
