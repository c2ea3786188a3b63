"""The secret in an address: it opens one outlet, stands in no row, and dies when it is renewed."""

import re
import uuid

import pytest
from django.core.signing import Signer

from estates.syndication.models import Outlet
from estates.syndication.outgoing.addresses import FILES, address_of, find, token_of


def test_an_address_finds_its_outlet(agency, add_outlet, settings):
    outlet = add_outlet(agency)
    assert find(token_of(outlet), "openimmo.xml") == outlet
    assert address_of(outlet) == f"{settings.PUBLIC_URL}/feeds/{token_of(outlet)}/openimmo.xml"
    assert re.fullmatch(r"[0-9a-f]{32}\.[A-Za-z0-9_-]{43}", token_of(outlet))


def test_every_format_has_an_ending():
    assert FILES.keys() == set(Outlet.Format)


@pytest.mark.parametrize("format", Outlet.Format)
def test_the_ending_is_the_formats(agency, add_outlet, format):
    outlet = add_outlet(agency, format=format)
    assert [name for name in FILES.values() if find(token_of(outlet), name)] == [FILES[format]]


def test_the_token_stays(agency, add_outlet):
    outlet = add_outlet(agency)
    outlet.name, outlet.query, outlet.encoding = "Autre", "city=Lyon", "windows-1252"
    outlet.save()
    assert token_of(Outlet.objects.for_agency(agency).get()) == token_of(outlet)


def test_a_renewed_key_has_another_token(agency, add_outlet):
    outlet = add_outlet(agency)
    old = token_of(outlet)
    outlet.key = uuid.uuid4()
    outlet.save()
    assert find(old, "openimmo.xml") is None
    assert find(token_of(outlet), "openimmo.xml") == outlet


def test_the_database_alone_does_not_tell_a_token(agency, add_outlet, settings):
    outlet = add_outlet(agency)
    key = outlet.key.hex
    other_purpose = Signer(salt="another.purpose", sep=".").sign(key)
    other_portal = Signer(key="x" * 50, salt="syndication.outlet", sep=".").sign(key)
    for token in (key, str(outlet.key), f"{key}.", other_purpose, other_portal):
        assert find(token, "openimmo.xml") is None
    assert token_of(outlet).partition(".")[2] not in str(Outlet.objects.for_agency(agency).values().get())


@pytest.mark.parametrize(
    "token", ["", ".", "x", "é.ü", "0" * 32, "\x00", "a" * 5000, f"{'0' * 32}.{'A' * 43}"]
)
def test_what_is_no_token_finds_nothing_and_asks_no_database(token, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        assert find(token, "openimmo.xml") is None


def test_a_token_for_a_key_that_is_gone(agency, add_outlet):
    outlet = add_outlet(agency)
    token = token_of(outlet)
    outlet.delete()
    assert find(token, "openimmo.xml") is None


def test_a_changed_letter_of_the_signature(agency, add_outlet):
    token = token_of(add_outlet(agency))
    for at in (0, 31, 33, 50, len(token) - 2):
        wrong = token[:at] + ("a" if token[at] != "a" else "b") + token[at + 1 :]
        assert find(wrong, "openimmo.xml") is None
    assert find(token.upper(), "openimmo.xml") is None


def test_a_rotated_secret_keeps_old_addresses_alive(agency, add_outlet, settings):
    outlet = add_outlet(agency)
    token, old = token_of(outlet), settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "y" * 50, [old]
    assert find(token, "openimmo.xml") == outlet
    assert token_of(outlet) != token
