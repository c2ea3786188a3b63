import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from estates.leads import contacts
from estates.leads.contacts import mail_key, read_phone, spoken


@pytest.mark.parametrize(
    ("text", "e164"),
    [
        ("06 12 34 56 78", "+33612345678"),
        ("0612345678", "+33612345678"),
        ("06.12.34.56.78", "+33612345678"),
        ("+33 (0)6 12 34 56 78", "+33612345678"),
        ("0033612345678", "+33612345678"),
        ("tel : 06-12-34-56-78", "+33612345678"),
        ("\u202f06\u00a012 34 56 78", "+33612345678"),
        ("+41 44 668 18 00", "+41446681800"),
        ("06 39 98 73 76", "+33639987376"),
        ("call me", ""),
        ("06 12", ""),
        ("", ""),
        ("00000000000000000000000000", ""),
        ("<script>alert(1)</script>", ""),
    ],
)
def test_numbers_in_one_spelling(text, e164):
    assert read_phone(text).e164 == e164


def test_what_is_no_number_is_kept_as_it_stands():
    assert read_phone("  call me\nafter six ").number == "call me after six"


def test_mobiles_are_told_from_landlines():
    assert read_phone("06 12 34 56 78").is_mobile
    assert not read_phone("01 42 68 53 00").is_mobile


@pytest.mark.parametrize(
    ("e164", "shown"),
    [("+33612345678", "06 12 34 56 78"), ("+41446681800", "+41 44 668 18 00"), ("call me", "call me")],
)
def test_numbers_are_shown_as_people_write_them(e164, shown):
    assert spoken(e164) == shown


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (" Jean.Dupont@Example.COM ", "jean.dupont@example.com"),
        ("jean@exemple.fr", "jean@exemple.fr"),
        ("jean", ""),
        ("jean@", ""),
        ("jean@exemple", ""),
        ("a@b.fr, c@d.fr", ""),
        ("jean@exemple.fr\nBcc: x@y.fr", ""),
        ("j" * 300 + "@exemple.fr", ""),
    ],
)
def test_addresses_in_one_spelling(text, key):
    assert mail_key(text) == key


@given(st.text(max_size=300))
def test_nothing_that_people_type_breaks_the_readers(text):
    phone = read_phone(text)
    assert len(phone.number) <= 80
    assert phone.e164 == "" or phone.e164.startswith("+")
    assert "\n" not in mail_key(text)
    assert isinstance(spoken(text), str)


DIGITS = st.text("0123456789", min_size=8, max_size=8)
GAPS = st.lists(st.sampled_from(["", " ", ".", "-"]), min_size=8, max_size=8)


@given(st.sampled_from(["0", "+33", "+33 "]), st.sampled_from("123456789"), DIGITS, GAPS)
def test_tidy_numbers_are_read_as_the_library_reads_them(start, first, digits, gaps):
    typed = start + first + "".join(gap + digit for gap, digit in zip(gaps, digits, strict=True))
    parsed = phonenumbers.parse(typed, "FR")
    e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    assert read_phone(typed) == (typed, e164, first in "67")
    assert contacts._TIDY.fullmatch(typed)
