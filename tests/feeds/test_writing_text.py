"""What a text becomes between two tags: nothing that it says can be markup, or break the document."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.etree import fromstring

from estates.feeds.writing_text import BLOCK, attribute, degrees, encoded, leaf, number, text

HOSTILE = [
    "a & b &amp; c &#0; &nbsp;",
    "]]><immobilie>",
    "\"quoted\" 'and' <!-- not --> <?pi?>",
    "emoji 🏡 and ‏עברית‏ and ‮reversed‬",
    "<!DOCTYPE x [<!ENTITY a 'b'>]>&a;",
    "tab\tline\nend",
]


@pytest.mark.parametrize("said", HOSTILE)
def test_text_comes_back(said):
    assert fromstring(f"<a>{text(said)}</a>").text == said


@pytest.mark.parametrize("said", HOSTILE)
def test_attribute_comes_back(said):
    assert fromstring(f'<a b="{attribute(said)}"/>').get("b") == said


@pytest.mark.parametrize("code", [0, 1, 8, 0x0B, 0x0C, 0x0E, 0x1F, 0xD800, 0xDFFF, 0xFFFE, 0xFFFF])
def test_what_xml_has_no_place_for_is_left_out(code):
    assert text(f"a{chr(code)}b") == "ab"


@pytest.mark.parametrize("code", [0x7F, 0x85, 0xA0, 0xAD, 0x2028, 0xFEFF, 0xFFFD, 0x10000, 0x10FFFF])
def test_what_xml_can_hold_stays(code):
    assert fromstring(f"<a>{text(chr(code))}</a>").text == chr(code)


@pytest.mark.parametrize("said", ["a\r\nb", "a\rb", "a\nb"])
def test_line_ends_are_one_character(said):
    assert text(said) == "a\nb"


@given(st.text(st.characters()))
def test_any_text_makes_a_document(said):
    found = fromstring(f'<a b="{attribute(said)}">{text(said)}</a>')
    assert (found.text or "") == found.get("b")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Decimal("320000.00"), "<p>320000.00</p>"),
        (Decimal("1E+6"), "<p>1000000</p>"),
        (Decimal("0.10"), "<p>0.10</p>"),
        (Decimal(0), "<p>0</p>"),
        (7, "<p>7</p>"),
        (-1, "<p>-1</p>"),
        (None, ""),
        (Decimal("NaN"), ""),
        (Decimal("Infinity"), ""),
    ],
)
def test_numbers_have_a_dot_and_no_exponent(value, written):
    assert number("p", value) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (45.764043, "45.764043"),
        (-0.1, "-0.1"),
        (1e-7, "0.0000001"),
        (4.0, "4"),
        (0.0, "0"),
        (100.0, "100"),
        (None, ""),
        (float("nan"), ""),
        (float("inf"), ""),
    ],
)
def test_degrees_have_no_exponent(value, written):
    assert degrees(value) == written


def test_an_empty_text_has_no_element():
    assert (leaf("a", ""), leaf("a", "<")) == ("", "<a>&lt;</a>")


def test_windows_1252_writes_what_it_lacks_as_a_number():
    document = b"".join(encoded(["<a>é € ŵ 🏡</a>"], "windows-1252"))
    assert document == b'<?xml version="1.0" encoding="windows-1252"?>\n<a>\xe9 \x80 &#373; &#127969;</a>'
    assert fromstring(document).text == "é € ŵ 🏡"


def test_utf_8_is_declared():
    assert (
        b"".join(encoded(["<a>é</a>"], "utf-8"))
        == '<?xml version="1.0" encoding="UTF-8"?>\n<a>é</a>'.encode()
    )


@pytest.mark.parametrize("encoding", ["latin-1", "utf-7", "", "UTF-8 "])
def test_no_other_encoding_is_written(encoding):
    with pytest.raises(ValueError, match="no feed is written"):
        list(encoded([], encoding))


def test_a_document_comes_in_blocks():
    pieces = ("x" * 1000 for _ in range(200))
    sizes = [len(block) for block in encoded(pieces, "utf-8")]
    assert len(sizes) == 4
    assert max(sizes) <= BLOCK + 1000
    assert sum(sizes) == 200_000 + len('<?xml version="1.0" encoding="UTF-8"?>\n')
