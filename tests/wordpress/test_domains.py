"""One spelling for each site, and nothing that is no public name."""

import pytest
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator

from estates.wordpress.domains import LONGEST, normalised, shown
from estates.wordpress.forms import DomainField


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("www.agence-martin.fr", "www.agence-martin.fr"),
        ("WWW.Agence-Martin.FR", "www.agence-martin.fr"),
        ("agence-martin.fr.", "agence-martin.fr"),
        ("agence-été.fr", "xn--agence-t-h1ab.fr"),
        ("AGENCE-ÉTÉ.fr", "xn--agence-t-h1ab.fr"),
        ("agence-e\u0301te\u0301.fr", "xn--agence-t-h1ab.fr"),
        ("xn--agence-t-h1ab.fr", "xn--agence-t-h1ab.fr"),
        ("XN--AGENCE-T-H1AB.fr", "xn--agence-t-h1ab.fr"),
        ("ｗｗｗ.agence.fr", "www.agence.fr"),
        ("www。agence。fr", "www.agence.fr"),
        ("straße.de", "xn--strae-oqa.de"),
        ("immobilien.рф", "immobilien.xn--p1ai"),
        ("3.immo", "3.immo"),
        ("127.0.0.1.nip.io", "127.0.0.1.nip.io"),
        ("localhost.agence.fr", "localhost.agence.fr"),
        ("a" * 63 + ".fr", "a" * 63 + ".fr"),
    ],
)
def test_what_becomes_of_a_name(typed, stored):
    assert normalised(typed) == stored
    assert normalised(stored) == stored


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("https://www.agence.fr", "alone"),
        ("//www.agence.fr", "alone"),
        ("javascript:alert(1)", "alone"),
        ("www.agence.fr/", "alone"),
        ("www.agence.fr/biens", "alone"),
        ("www.agence.fr\\biens", "alone"),
        ("www.agence.fr:8080", "alone"),
        ("user@agence.fr", "alone"),
        ("user:pass@agence.fr", "alone"),
        ("www.agence.fr?a=1", "alone"),
        ("www.agence.fr#a", "alone"),
        ("agence%2efr", "alone"),
        ("[::1]", "alone"),
        ("::1", "alone"),
        ("127.0.0.1", "numbers"),
        ("127.0.0.1.", "numbers"),
        ("127.1", "numbers"),
        ("10.0.0.7", "numbers"),
        ("169.254.169.254", "numbers"),
        ("192.168.1.1", "numbers"),
        ("8.8.8.8", "numbers"),
        ("2130706433", "numbers"),
        ("0x7f000001", "numbers"),
        ("0x7f.0x1", "numbers"),
        ("0177.0.0.01", "numbers"),
        ("127。0。0。1", "numbers"),
        ("１２７.0.0.1", "numbers"),
        ("①②⑦.⓪.⓪.①", "numbers"),
        ("localhost", "private"),
        ("LOCALHOST", "private"),
        ("localhost.", "private"),
        ("www.localhost", "private"),
        ("ｌｏｃａｌｈｏｓｔ", "private"),
        ("drucker.local", "private"),
        ("db.internal", "private"),
        ("metadata.google.internal", "private"),
        ("wiki.intranet", "private"),
        ("nas.lan", "private"),
        ("router.home", "private"),
        ("nas.home.arpa", "private"),
        ("1.0.0.127.in-addr.arpa", "private"),
        ("abc.onion", "private"),
        ("x.test", "private"),
        ("x.invalid", "private"),
        ("agence", "whole"),
        ("fr", "whole"),
        (".", "spelling"),
        ("..", "spelling"),
        (".fr", "spelling"),
        ("agence..fr", "spelling"),
        ("agence.fr..", "spelling"),
        ("-agence.fr", "spelling"),
        ("agence-.fr", "spelling"),
        ("agence_martin.fr", "spelling"),
        ("agence martin.fr", "spelling"),
        ("agence.fr\nx.fr", "spelling"),
        ("agence\0.fr", "spelling"),
        ("*.agence.fr", "spelling"),
        ("ab--cd.fr", "spelling"),
        ("xn--a.fr", "spelling"),
        ("☃.fr", "spelling"),
        ("a\u202egence.fr", "spelling"),
        ("<script>.fr", "spelling"),
        ("agence.f", "spelling"),
        ("a" * 64 + ".fr", "spelling"),
        ("\ud800.fr", "spelling"),
        (".".join(["a" * 60] * 5), "long"),
        ("x" * 100_000, "long"),
        ("é." * 126, "spelling"),
    ],
)
def test_what_is_refused_and_why(typed, code):
    with pytest.raises(ValidationError) as refused:
        normalised(typed)
    assert refused.value.code == code


def test_a_name_that_only_becomes_too_long_as_punycode_is_refused():
    name = ".".join(["é" + "a" * 50] * 4) + ".fr"
    assert len(name) <= LONGEST
    assert len(normalised(name)) <= LONGEST
    longer = ".".join(["é" + "a" * 53] * 4) + "." + "b" * 30 + ".fr"
    assert len(longer) <= LONGEST
    with pytest.raises(ValidationError):
        normalised(longer)


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ("xn--agence-t-h1ab.fr", "agence-été.fr"),
        ("www.agence.fr", "www.agence.fr"),
        ("xn--broken-.fr", "xn--broken-.fr"),
    ],
)
def test_names_are_shown_in_their_own_script(stored, read):
    assert shown(stored) == read


def test_the_field_forgives_what_comes_along_when_copying():
    field = DomainField(max_length=LONGEST)
    assert field.clean("  \u200bWww.Agence.fr\ufeff\n") == "www.agence.fr"
    assert any(isinstance(validator, MaxLengthValidator) for validator in field.validators)


@pytest.mark.parametrize("nothing", ["", "   ", "\u200b", None])
def test_an_empty_field_asks_for_a_domain(nothing):
    with pytest.raises(ValidationError) as refused:
        DomainField().clean(nothing)
    assert refused.value.code == "required"
