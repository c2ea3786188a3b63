import pytest
from django.core.exceptions import ValidationError

from accounts.names import NameField, tidy


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ana   Nowak ", "Ana Nowak"),
        ("Ana\r\nBcc: x@example.org", "Ana Bcc: x@example.org"),
        ("Ana\x00\x1b[31m", "Ana [31m"),
        ("Ana\u2028Nowak", "Ana Nowak"),
        ("\u202eevil\u2066", "evil"),
        ("Agence d'Aÿ & Fils “L’Été”", "Agence d'Aÿ & Fils “L’Été”"),
        ("محمد", "محمد"),
        ("می‌خواهم", "می‌خواهم"),
        ("a\ud800b", "ab"),
    ],
)
def test_tidy(typed, kept):
    assert tidy(typed) == kept


@pytest.mark.parametrize("name", ["http://evil.example", "win at WWW.evil.example", "x://y"])
def test_names_carry_no_links(name):
    with pytest.raises(ValidationError) as refusal:
        NameField().clean(name)
    assert refusal.value.error_list[0].code == "link"


def test_a_name_that_is_nothing_but_control_characters_is_missing():
    with pytest.raises(ValidationError) as refusal:
        NameField().clean("\u202e\n\t")
    assert refusal.value.code == "required"
