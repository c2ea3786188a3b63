"""From HTML, or what looks like it, to what was written."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estates.remotes.plain import INPUT_LIMIT, TEXT_LIMIT, normalised, one_line, plain_text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Bonjour", "Bonjour"),
        ("  Bonjour,\r\n\r\nMerci.\r\n", "Bonjour,\n\nMerci."),
        ("un\rdeux\u2028trois", "un\ndeux\ntrois"),
        ("<p>Bonjour,</p><p>Merci&nbsp;!<br>Camille</p>", "Bonjour,\nMerci\xa0!\nCamille"),
        ("<p>un\n  deux</p>\n\n<P CLASS='x'>trois</P>", "un deux\ntrois"),
        ("<div>a</div><div><br/></div><div>b</div>", "a\n\nb"),
        ("<b>gras</b>\nligne deux", "gras\nligne deux"),
        ("<ul><li>un</li><li>deux</li></ul>fin", "un\ndeux\n\nfin"),
        ("a<br><br><br><br><br>b", "a\n\nb"),
        ("<p>x</p><script>alert('<p>')</script><style>p { }</style>y", "x\ny"),
        ("<p>x</p><!-- <b>caché</b> -->y", "x\ny"),
        ("<p>x</p><script>sans fin", "x\nsans fin"),
        ("<p>x</p><o:p>Word</o:p> <mention id='3'>Jean</mention>", "x\nWord Jean"),
        ("<p>1 &lt; 2 &amp; 3 &gt; 2 &#39;&#x27;</p>", "1 < 2 & 3 > 2 ''"),
        ("prix < 300 000 et > 200 000", "prix < 300 000 et > 200 000"),
        ("Jean <jean@x.example> a écrit", "Jean <jean@x.example> a écrit"),
        ("https://x.example/?a=1&copy=2&lt=3", "https://x.example/?a=1&copy=2&lt=3"),
        ("&eacute;t&eacute; &amp; hiver", "été & hiver"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "<script>alert(1)</script>"),
        ("&#0;&#xD800;&#1114112;", "\ufffd\ufffd\ufffd"),
        ("a\0b\x07c\x1b[31md\x85e", "abc[31md\ne"),
        ("tab\tici  \t\n suite", "tab\tici\n suite"),
        ("\ud83d\ude00 \ud83d cut", "😀 \ufffd cut"),
        ("<p", "<p"),
        ("", ""),
    ],
)
def test_plain_text(text, plain):
    assert plain_text(text) == plain


@given(st.text(st.characters(categories=None)) | st.text("<>/ &;p#br!-x0\n\0\ud800'\"=", max_size=60))
def test_plain_text_never_breaks(text):
    plain = plain_text(text)
    plain.encode()
    assert len(plain) <= TEXT_LIMIT
    assert "\0" not in plain
    assert normalised(text) == normalised(plain)
    one_line(text).encode()
    assert "\n" not in one_line(text)


HOSTILE = {
    "open tags": "<p " * 400_000,
    "open scripts": "<script>" * 150_000,
    "open comments": "<b>x</b>" + "<!--" * 250_000,
    "entities": "&amp;" * 200_000,
    "half entities": "&amp" * 250_000,
    "blanks": "<p>" + " " * 1_000_000,
    "tabs": "\t" * 999_999 + "x",
    "lines": "\n" * 1_000_000,
    "brackets": "<" * 1_000_000,
    "name": "<b><" + "a" * 1_000_000,
    "attribute": "<b " + "a=" * 500_000,
    "quotes": "<a href='" + "/" * 1_000_000,
    "deep": "<div>" * 200_000,
    "surrogates": "\ud800" * 1_000_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_megabyte_of_anything_takes_no_time(name):
    began = time.process_time()
    assert len(plain_text(HOSTILE[name])) <= TEXT_LIMIT
    assert time.process_time() - began < 3


def test_long_texts_are_cut():
    assert plain_text("x" * (TEXT_LIMIT + 5)) == "x" * TEXT_LIMIT
    assert plain_text(" " * INPUT_LIMIT + "x") == ""
    assert plain_text("abc", 2) == "ab"
    assert one_line("x" * 300) == "x" * 255


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Jean\n\tDupont ", "Jean Dupont"),
        ("a\0b\x85c", "ab c"),
        ("<b>&amp;", "<b>&amp;"),
        ("\ud83d", "\ufffd"),
        ("", ""),
    ],
)
def test_one_line(text, line):
    assert one_line(text) == line


@pytest.mark.parametrize(
    ("sent", "came_back"),
    [
        ("Bonjour,\n\nle bien  manque.", "<p>Bonjour,</p><p>le bien manque.</p>"),
        ("Bonjour,\nle bien", "Bonjour, le bien"),
        ("Bonjour,\r\nle bien", "Bonjour,<br />\nle bien"),
        ("l'été & l'hiver", "l&#039;été &amp; l&#39;hiver"),
        ("l'été & l'hiver", "l&amp;#039;&amp;eacute;t&amp;eacute; &amp;amp; l'hiver"),
        ("balise <h1> perdue", "balise &lt;h1&gt; perdue"),
        ("balise <h1> perdue", "balise  perdue"),
        ("e\u0301te\u0301", "été"),
        ("prix :\xa03 €", "prix : 3 €"),
    ],
)
def test_what_comes_back_is_known_again(sent, came_back):
    assert sent != came_back
    assert normalised(sent) == normalised(came_back) != ""


@pytest.mark.parametrize(
    ("one", "other"), [("Merci", "merci"), ("a", "b"), ("un deux", "undeux"), ("prix < 3", "prix")]
)
def test_what_differs_stays_different(one, other):
    assert normalised(one) != normalised(other)
