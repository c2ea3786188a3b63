"""Names that people give to files, as they are shown, sent on and saved again."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.attachments.names import LONGEST, ending_of, harmless_name, plain_name

PICTURES = frozenset({"png", "jpg"})


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("capture.png", "capture.png"),
        ("Photo été.PNG", "Photo été.png"),
        ("photo.jpg", "photo.png"),
        ("facture.exe.png", "facture.exe.png"),
        ("../../etc/passwd.png", "passwd.png"),
        ("C:\\Users\\jean\\bureau.png", "bureau.png"),
        ("a\0b.png", "ab.png"),
        ("a\r\nSet-Cookie: x=y.png", "aSet-Cookie_ x=y.png"),
        ("facture\u202egnp.exe", "facturegnp.exe.png"),
        ("a\u2066b\u2069\u200b\ufeff.png", "ab.png"),
        ("....png", "png.png"),
        (".htaccess.png", "htaccess.png"),
        ("con.png", "_con.png"),
        ("LPT1.tar.png", "_LPT1.tar.png"),
        ("nul", "_nul.png"),
        ("console.png", "console.png"),
        ('<a>"b"|?*.png', "_a__b____.png"),
        ("x. . .png", "x.png"),
        ("", "file.png"),
        ("///", "file.png"),
        ("\u3164\u2800.png", "png.png"),
        ("日本.png", "日本.png"),
        ("e\u0301.png", "é.png"),
        ("\ud800.png", "png.png"),
    ],
)
def test_a_name_is_harmless(given, kept):
    assert harmless_name(given, "png", PICTURES) == kept


def test_a_long_name_keeps_its_ending():
    assert harmless_name("x" * 300 + ".png", "png", PICTURES) == "x" * 146 + ".png"
    assert len(harmless_name("é" * 300 + ".png", "png", PICTURES).encode()) <= 255


@given(st.text(max_size=200) | st.from_regex(r"\A[./\\ :a]{1,30}\Z"))
def test_any_name_is_harmless(given):
    kept = harmless_name(given, "png", PICTURES)
    assert 5 <= len(kept) <= LONGEST
    assert kept.endswith(".png")
    assert not kept.startswith((".", " "))
    assert not set('/\\<>:"|?*') & set(kept)
    assert not any(unicodedata.category(sign).startswith("C") for sign in kept)
    assert harmless_name(kept, "png", PICTURES) == kept


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("a.PNG", "png"),
        ("a", ""),
        ("a.tar.gz", "gz"),
        ("a.", ""),
        (".png", ""),
        ("a.png\u202e", "png"),
        ("a.exe. .", "exe"),
    ],
)
def test_the_ending_is_what_a_person_would_see(name, ending):
    assert ending_of(plain_name(name)) == ending
