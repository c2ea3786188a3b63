"""Home pages and robots.txt files, as themes and plugins really write them."""

import pytest

from estates.wordpress.health.reading import read_home, shuts_out
from tests.wordpress.health.conftest import page


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<p>[ts_immo_search]</p>", ("ts_immo_search",)),
        ('<p>[ts_immo_property reference="REF-1" /]</p>', ("ts_immo_property",)),
        ("<p>[ts_immo_box]x[/ts_immo_box]</p>", ("ts_immo_box",)),
        ("<p>[ts_immo_b]</p><p>[ts_immo_a]</p><p>[ts_immo_b]</p>", ("ts_immo_b", "ts_immo_a")),
        ("<p>[gallery ids=1]</p>", ()),
        ("<p>ts_immo_search</p>", ()),
        ("<script>var x = '[ts_immo_search]'</script>", ()),
        ("<style>/* [ts_immo_search] */</style>", ()),
        ("<!-- [ts_immo_search] -->", ()),
        ("<pre><b>[ts_immo_search]</b></pre><code>[ts_immo_search]</code>", ()),
        ("<textarea>[ts_immo_search]</textarea>", ()),
    ],
)
def test_shortcodes_in_the_text_that_visitors_read(text, found):
    assert read_home(page(f"<html><body>{text}</body></html>")).shortcodes == found


def test_a_page_full_of_shortcodes_names_some():
    many = "".join(f"[ts_immo_{chr(97 + n)}]" for n in range(26)) + "[ts_immo_" + "x" * 5000 + "]"
    names = read_home(page(f"<body>{many}</body>")).shortcodes
    assert len(names) == 10
    assert max(map(len, names)) < 80


@pytest.mark.parametrize(
    ("head", "version"),
    [
        ('<meta name="generator" content="WordPress 6.8.3" />', "6.8.3"),
        ("<META NAME=Generator CONTENT='WordPress 6.8'>", "6.8"),
        (
            '<meta name="generator" content="Elementor 3.2"><meta name="generator" content="WordPress 6.1">',
            "6.1",
        ),
        ('<meta name="generator" content="WordPress">', ""),
        ('<meta name="generator" content="WordPress <b>9</b>">', ""),
        ("", ""),
    ],
)
def test_the_version_where_it_is_shown(head, version):
    assert read_home(page(f"<head>{head}</head>")).version == version


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('<link rel="stylesheet" href="https://x.example/wp-content/themes/a.css">', True),
        ('<script src="/wp-includes/js/a.js"></script>', True),
        ('<link rel="https://api.w.org/" href="/wp-json/">', True),
        ('<meta name="generator" content="Joomla! 4">', False),
        ("<p>Powered by WordPress</p>", False),
    ],
)
def test_what_looks_like_wordpress(body, expected):
    assert read_home(page(body)).is_wordpress is expected


def test_the_plugin_shows_by_its_files():
    assert read_home(page('<link href="/wp-content/plugins/ts-immo-sync/style.css">')).plugin
    assert not read_home(page('<link href="/wp-content/plugins/other/style.css">')).plugin


@pytest.mark.parametrize(
    ("body", "headers", "rest"),
    [
        ('<link rel="https://api.w.org/" href="https://b.example/api/">', {}, "https://b.example/api/"),
        ("", {"link": '<https://a.example/wp-json/>; rel="https://api.w.org/"'}, "https://a.example/wp-json/"),
        ("", {"link": '<https://a.example/x>; rel="shortlink", </wp-json/>; rel="https://api.w.org/"'},
         "https://www.agence-martin.example/wp-json/"),
        ("", {"link": '<https://a.example/x>; rel="shortlink"'}, ""),
        ('<link rel="https://api.w.org/">', {}, ""),
        ('<link rel="https://api.w.org/" href="http://[::1">', {}, ""),
        ("", {}, ""),
    ],
)  # fmt: skip
def test_where_the_interface_is_said_to_be(body, headers, rest):
    assert read_home(page(body, **headers)).rest == rest


@pytest.mark.parametrize(
    ("content", "header", "expected"),
    [
        ("noindex", "", True),
        ("max-image-preview:large, NoIndex", "", True),
        ("none", "", True),
        ("index, follow", "", False),
        ("max-snippet:-1, noindexing", "", False),
        ("", "noindex, nofollow", True),
        ("", "bingbot: index, googlebot: none", True),
        ("", "nofollow", False),
    ],
)
def test_what_keeps_search_engines_away(content, header, expected):
    found = read_home(page(f'<meta name="robots" content="{content}">', x_robots_tag=header))
    assert found.noindex is expected


def test_letters_of_other_encodings():
    body = "<html><body><p>Propriété [ts_immo_search]</p></body></html>".encode("cp1252")
    for content_type in ("text/html; charset=windows-1252", "text/html", 'text/html; charset="utf-8"'):
        assert read_home(page(body, content_type=content_type)).shortcodes == ("ts_immo_search",)


@pytest.mark.parametrize(
    ("text", "out"),
    [
        ("User-agent: *\nDisallow: /", True),
        ("\ufeffUSER-AGENT: *\r\nDISALLOW: /\r\n", True),
        ("User-agent: Googlebot\nDisallow: /\n\nUser-agent: *\nDisallow:", True),
        ("User-agent: BadBot\nDisallow: /\n\nUser-agent: *\nDisallow: /wp-admin/", False),
        ("User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php", False),
        ("User-agent: *\nDisallow:", False),
        ("# Disallow: /", False),
        ("", False),
        ("\0\n" * 1000 + ":" * 1000, False),
    ],
)
def test_robots_txt(text, out):
    assert shuts_out(page(text, content_type="text/plain")) is out


def test_what_is_no_robots_txt_says_nothing():
    rules = "User-agent: *\nDisallow: /"
    assert not shuts_out(page(rules, status=404))
    assert not shuts_out(page(rules, content_type="text/html; charset=utf-8"))
